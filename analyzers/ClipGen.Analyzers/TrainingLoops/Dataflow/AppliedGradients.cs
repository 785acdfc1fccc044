using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Dataflow;

/// <summary>What the steps of one optimizer apply to its parameters, as far as writes of gradients have to be told apart by it.</summary>
internal sealed class AppliedGradients
{
    /// <summary>For an optimizer of a library, whose backward pass is a call.</summary>
    public static readonly AppliedGradients Unknown = new(null);

    private readonly Lazy<HashSet<ISymbol>>? _members;

    public AppliedGradients(IReadOnlyList<EventNode> steps, MemberEffects effects)
        : this(steps.All(step => step.Event!.Evidence == Evidence.Name)
            ? new Lazy<HashSet<ISymbol>>(() => new HashSet<ISymbol>(steps.SelectMany(step => effects.AppliedBy(step.Event!)), SymbolEqualityComparer.Default))
            : null)
    {
    }

    private AppliedGradients(Lazy<HashSet<ISymbol>>? members) => _members = members;

    /// <summary>Whether the network is written by hand, so that its gradients are members of it.</summary>
    public bool AreHandWritten => _members is not null;

    /// <summary>Whether a write fills gradients that the steps apply: members that they read, or ones that are named as gradients.</summary>
    public bool MayBe(TrainingEvent write) =>
        _members is not null && write.Gradients is { } written && written.Any(member => NetworkNames.IsGradient(member.Name) || _members.Value.Contains(member));
}

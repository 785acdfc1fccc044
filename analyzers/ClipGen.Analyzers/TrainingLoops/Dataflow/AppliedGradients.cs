using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Dataflow;

/// <summary>The gradients that the steps of one optimizer apply, as far as writes of gradients are told apart by them.</summary>
internal sealed class AppliedGradients
{
    /// <summary>For an optimizer of a library, whose backward pass is a call.</summary>
    public static readonly AppliedGradients Unknown = new([], [], members: null);

    private readonly IReadOnlyList<EventNode> _steps;
    private readonly IReadOnlyCollection<EventNode> _allSteps;
    private readonly Lazy<HashSet<ISymbol>>? _members;

    /// <param name="steps">The steps of the optimizer.</param>
    /// <param name="allSteps">The steps of all optimizers.</param>
    /// <param name="effects">What the methods of the program write and apply.</param>
    public AppliedGradients(IReadOnlyList<EventNode> steps, IReadOnlyCollection<EventNode> allSteps, MemberEffects effects)
        : this(
            steps,
            allSteps,
            steps.All(step => step.Event!.Evidence == Evidence.Name)
                ? new Lazy<HashSet<ISymbol>>(() =>
                    new HashSet<ISymbol>(steps.SelectMany(step => effects.AppliedBy(step.Event!)), SymbolEqualityComparer.Default))
                : null)
    {
    }

    private AppliedGradients(
        IReadOnlyList<EventNode> steps, IReadOnlyCollection<EventNode> allSteps, Lazy<HashSet<ISymbol>>? members)
    {
        _steps = steps;
        _allSteps = allSteps;
        _members = members;
    }

    /// <summary>Whether the network is hand-written, so that its gradients are members of it.</summary>
    public bool AreHandWritten => _members is not null;

    /// <summary>
    /// Whether a write fills gradients that the steps apply: members that the steps read or, if no body shows what it applies, members that
    /// are named like gradients.
    /// </summary>
    public bool MayBe(TrainingEvent write) =>
        _members is not null
        && write.Gradients is { } written
        && (written.Any(IsApplied) || (written.Any(member => NetworkNames.IsGradient(member.Name)) && !IsBesideStep(write)));

    /// <summary>
    /// Whether the body of the write also contains a step, of this or another layer's parameters, and all steps name what they apply. Other
    /// writes in such a body are errors of the previous layer.
    /// </summary>
    private bool IsBesideStep(TrainingEvent write)
    {
        MemberDeclarationSyntax? body = BodyOf(write);
        return _steps.All(IsNamed) && _allSteps.Any(step => IsNamed(step) && BodyOf(step.Event!) == body);

        static bool IsNamed(EventNode step) =>
            step.Event!.Gradients is { } applied && !applied.Any(symbol => symbol is ILocalSymbol { IsForEach: true });
    }

    private bool IsApplied(ISymbol written) =>
        _members!.Value.Contains(written) || _members.Value.Any(applied => MemberEffects.IsSame(written, applied));

    private static MemberDeclarationSyntax? BodyOf(TrainingEvent found) => found.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>();
}

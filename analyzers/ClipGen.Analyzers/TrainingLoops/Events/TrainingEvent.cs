using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>Something that happens to gradients at one place of one body, or a call whose callee is looked into.</summary>
/// <param name="Action">What happens; <see cref="TrainingAction.None"/> for a call, which does what its callee does.</param>
/// <param name="Syntax">Where.</param>
/// <param name="Evidence">How that is known.</param>
internal sealed record TrainingEvent(TrainingAction Action, SyntaxNode Syntax, Evidence Evidence)
{
    /// <summary>Whether this is a call of a method or function whose source is looked into.</summary>
    public bool IsCall { get; init; }

    /// <summary>The receiver: what is stepped, reset or called.</summary>
    public Target? Target { get; init; }

    /// <summary>The type of the receiver.</summary>
    public ITypeSymbol? TargetType { get; init; }

    /// <summary>
    /// The networks, layers or parameters that are clipped, or that the loss of a backward pass is computed by; <see langword="null"/> if
    /// that is not known.
    /// </summary>
    public ImmutableArray<Target>? Networks { get; init; }

    /// <summary>For clips: the expression for parameters, if it leaves out some of a network's.</summary>
    public string? Part { get; init; }

    public IMethodSymbol? Method { get; init; }

    /// <summary>
    /// For steps that are told by an assignment: the members that hold the gradients. For writes of gradients: the members that are
    /// written.
    /// </summary>
    public ImmutableHashSet<ISymbol>? Gradients { get; init; }

    /// <summary>For calls: what the name, attribute or symbol of the method says that it does.</summary>
    public Classification Classification { get; init; }

    /// <summary>For calls of lambdas: the lambda.</summary>
    public SyntaxNode? Lambda { get; init; }

    /// <summary>For calls of lambdas and local functions: the function.</summary>
    public SyntaxNode? Function =>
        Lambda ?? (Method is { MethodKind: MethodKind.LocalFunction } function
            ? function.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax()
            : null);

    /// <summary>For calls: the target that each parameter of the called method stands for.</summary>
    public ArgumentMap Arguments { get; init; } = ArgumentMap.Empty;

    /// <summary>For calls: whether an override can be what runs.</summary>
    public bool IsVirtual { get; init; }

    /// <summary>
    /// For calls: whether the end of a <c>using</c> makes it, so that the control-flow graph has it at the syntax of the resource.
    /// </summary>
    public bool IsDisposal { get; init; }

    /// <summary>
    /// The place in the analysed body from which the event is reached. That is <see cref="Syntax"/>, unless a called method holds the
    /// event.
    /// </summary>
    public SyntaxNode Site { get; init; } = Syntax;

    /// <summary>
    /// The called methods through which the analysed body reaches the event, the outermost last. Empty for an event in the body itself.
    /// </summary>
    public ImmutableArray<BodyGraph> Through { get; init; } = ImmutableArray<BodyGraph>.Empty;

    /// <summary>
    /// Whether the step has been judged in the lambda or local function that holds it, so that the body around does not judge it again.
    /// </summary>
    public bool IsDecided { get; init; }

    /// <summary>
    /// Whether the clip was moved before a condition that configures the run, or before a loop over layers. It is in the graph twice: where
    /// it stands, and there.
    /// </summary>
    public bool IsHoisted { get; init; }

    /// <summary>
    /// Whether the clip is only possible, because a function that cannot be read may hold it. Then no step is called unclipped, and the
    /// clip is not called misplaced.
    /// </summary>
    public bool IsOutOfSight { get; init; }

    /// <summary>A call of what a delegate holds, or of a method that is looked into.</summary>
    public static TrainingEvent Call(SyntaxNode syntax, Evidence evidence = Evidence.Certain) =>
        new(TrainingAction.None, syntax, evidence) { IsCall = true };

    /// <summary>A clip that a function out of sight may make.</summary>
    public static TrainingEvent ClipOutOfSight(SyntaxNode syntax) =>
        new(TrainingAction.Clip, syntax, Evidence.Name) { IsOutOfSight = true };
}

using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops.Dataflow;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>An action on gradients at one place of a body, or a call whose callee is read.</summary>
/// <param name="Action">The action; <see cref="TrainingAction.None"/> for a call, whose callee decides.</param>
/// <param name="Syntax">The syntax of the event.</param>
/// <param name="Evidence">How the action is known.</param>
internal sealed record TrainingEvent(TrainingAction Action, SyntaxNode Syntax, Evidence Evidence)
{
    public static readonly ImmutableHashSet<ISymbol> NoGradients = ImmutableHashSet.Create<ISymbol>(SymbolEqualityComparer.Default);

    /// <summary>Whether this is a call of a method or function whose source is read.</summary>
    public bool IsCall { get; init; }

    /// <summary>The receiver: the object that is stepped, reset or called.</summary>
    public Target? Target { get; init; }

    /// <summary>The type of the receiver.</summary>
    public ITypeSymbol? TargetType { get; init; }

    /// <summary>
    /// The networks, layers or parameters that are clipped, or that the loss of a backward pass is computed by; <see langword="null"/> if
    /// unknown.
    /// </summary>
    public ImmutableArray<Target>? Networks { get; init; }

    /// <summary>For clips: the expression for parameters, if it leaves out some of a network's parameters.</summary>
    public string? Part { get; init; }

    public IMethodSymbol? Method { get; init; }

    /// <summary>
    /// For steps that are assignments: the members that hold the gradients. For writes of gradients: the written members.
    /// </summary>
    public ImmutableHashSet<ISymbol>? Gradients { get; init; }

    /// <summary>For steps that are calls: the gradients that the updates in the called method apply, and those in its arguments.</summary>
    public ImmutableHashSet<ISymbol> Applied { get; init; } = NoGradients;

    /// <summary>For backward passes and steps that are calls: the buffers in the arguments.</summary>
    public ImmutableArray<PassedBuffer> Passed { get; init; } = ImmutableArray<PassedBuffer>.Empty;

    /// <summary>For steps that are assignments: all assignments that the event stands for, this one first.</summary>
    public ImmutableArray<SyntaxNode> Updates { get; init; } = ImmutableArray<SyntaxNode>.Empty;

    /// <summary>
    /// For steps that are assignments: whether the body also applies gradients that are single numbers in local variables.
    /// </summary>
    public bool AppliesNumbers { get; init; }

    /// <summary>For steps that are assignments: the object whose method contains them.</summary>
    public Target? Owner { get; init; }

    /// <summary>For calls: the action that the name, attribute or symbol of the method indicates.</summary>
    public Classification Classification { get; init; }

    /// <summary>For calls of lambdas: the lambda.</summary>
    public SyntaxNode? Lambda { get; init; }

    /// <summary>For calls of lambdas and local functions: the function.</summary>
    public SyntaxNode? Function =>
        Lambda ?? (Method is { MethodKind: MethodKind.LocalFunction } function
            ? function.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax()
            : null);

    /// <summary>For calls: the target of each parameter of the called method.</summary>
    public ArgumentMap Arguments { get; init; } = ArgumentMap.Empty;

    /// <summary>For calls: whether an override can run.</summary>
    public bool IsVirtual { get; init; }

    /// <summary>
    /// For calls: whether the end of a <c>using</c> makes the call, so that the control-flow graph has it at the syntax of the resource.
    /// </summary>
    public bool IsDisposal { get; init; }

    /// <summary>
    /// The place in the analyzed body that reaches the event. It equals <see cref="Syntax"/> unless a called method contains the event.
    /// </summary>
    public SyntaxNode Site { get; init; } = Syntax;

    /// <summary>
    /// The called methods through which the analyzed body reaches the event, the outermost last. Empty for an event in the body itself.
    /// </summary>
    public ImmutableArray<BodyGraph> Through { get; init; } = ImmutableArray<BodyGraph>.Empty;

    /// <summary>Whether the step was checked in the analysis of the lambda or local function that contains it.</summary>
    public bool IsDecided { get; init; }

    /// <summary>
    /// Whether the clip was moved before a condition that configures the run, or before a loop over layers. The graph then contains it
    /// twice: at its own place, and there.
    /// </summary>
    public bool IsHoisted { get; init; }

    /// <summary>
    /// Whether the clip is only possible, because an unreadable function may contain it. Such a clip prevents that a step is reported as
    /// unclipped, and is never reported as misplaced.
    /// </summary>
    public bool IsOutOfSight { get; init; }

    /// <summary>A call of a delegate, or of a method whose body is read.</summary>
    public static TrainingEvent Call(SyntaxNode syntax, Evidence evidence = Evidence.Certain) =>
        new(TrainingAction.None, syntax, evidence) { IsCall = true };

    /// <summary>A clip that an unreadable function may make.</summary>
    public static TrainingEvent ClipOutOfSight(SyntaxNode syntax) =>
        new(TrainingAction.Clip, syntax, Evidence.Name) { IsOutOfSight = true };
}

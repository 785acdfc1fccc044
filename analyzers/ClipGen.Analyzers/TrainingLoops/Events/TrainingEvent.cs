using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Events;

internal enum EventKind
{
    Backward,
    Clip,

    /// <summary>Looks like a clip and has no effect.</summary>
    DroppedClip,
    Step,
    Reset,

    /// <summary>A call of a method or function whose source can be looked into.</summary>
    Call,
}

/// <summary>Something that happens to gradients at one place of one body.</summary>
internal sealed record TrainingEvent(EventKind Kind, SyntaxNode Syntax, Evidence Evidence)
{
    /// <summary>What is stepped, reset or called: the receiver.</summary>
    public Target? Target { get; init; }

    /// <summary>The networks, layers or parameters that are clipped; <see langword="null"/> when that is not known.</summary>
    public ImmutableArray<Target>? Networks { get; init; }

    /// <summary>The type of the receiver.</summary>
    public ITypeSymbol? TargetType { get; init; }

    public IMethodSymbol? Method { get; init; }

    /// <summary>What the method's name, attribute or symbol says, for calls.</summary>
    public Classification Classification { get; init; }

    /// <summary>The lambda that is called, for calls of lambdas.</summary>
    public SyntaxNode? Lambda { get; init; }

    /// <summary>What each parameter of the called method stands for, for calls.</summary>
    public ImmutableDictionary<ISymbol, Target?> Arguments { get; init; } = NoArguments;

    /// <summary>Whether the call may be of an override: every one that the program has is then a possibility.</summary>
    public bool IsVirtual { get; init; }

    /// <summary>The place in the analysed body from which the event is reached; <see cref="Syntax"/> itself when it is there.</summary>
    public SyntaxNode Site { get; init; } = Syntax;

    /// <summary>Whether the step has been judged in the lambda or local function that it stands in, and is none of the concern of the body around.</summary>
    public bool IsDecided { get; init; }

    /// <summary>The called methods through which the analysed body reaches the event, the outermost last; empty in the body itself.</summary>
    public ImmutableArray<BodyGraph> Through { get; init; } = ImmutableArray<BodyGraph>.Empty;

    /// <summary>Whether the clip stands under a condition that counts as configuration, or in a loop over layers, and is put before it.</summary>
    public bool IsHoisted { get; init; }

    /// <summary>Whether the clip is only a possibility, in a function that cannot be seen: reason to be silent, and none to call it misplaced.</summary>
    public bool IsOutOfSight { get; init; }

    public static readonly ImmutableDictionary<ISymbol, Target?> NoArguments =
        ImmutableDictionary.Create<ISymbol, Target?>(SymbolEqualityComparer.Default);
}

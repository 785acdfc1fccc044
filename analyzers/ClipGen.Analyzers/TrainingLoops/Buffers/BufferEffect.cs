using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Buffers;

/// <summary>Something that is written into a buffer, as one body sees it: parameters stand for what callers hand over.</summary>
/// <param name="Kind">How it is written.</param>
/// <param name="Target">The buffer.</param>
/// <param name="Sources">What the written value is computed from.</param>
/// <param name="Site">Where.</param>
internal sealed record BufferEffect(BufferEffectKind Kind, BufferValue Target, BufferValue Sources, SyntaxNode Site)
{
    /// <summary>Whether what was there before goes into the new value.</summary>
    public bool ReadsTarget { get; init; }

    /// <summary>Whether the written value has a factor that is named after clipping, or is bounded otherwise.</summary>
    public bool IsLimited { get; init; }

    /// <summary>Whether the written value is a product with one element of a buffer.</summary>
    public bool IsMultiple { get; init; }

    /// <summary>Whether the method's callers decide what is written, or by what.</summary>
    public bool IsOpen => Target.AllRoots.Concat(Sources.AllRoots).Any(root => root.IsOpen);

    public BufferEffect Substitute(Func<IParameterSymbol, BufferValue?> targets, Func<IParameterSymbol, BufferValue?> sources) =>
        this with { Target = Target.Substitute(targets), Sources = Sources.Substitute(sources).Flattened() };
}

/// <summary>How a buffer is written.</summary>
internal enum BufferEffectKind
{
    /// <summary>The value replaces what was there.</summary>
    Set,

    /// <summary>The value is added or subtracted.</summary>
    Add,

    /// <summary>What was there is multiplied or divided by something that may bound it.</summary>
    Bound,

    /// <summary>What was there is multiplied or divided by something that bounds nothing: an average, a constant.</summary>
    Scale,

    /// <summary>The value is zero.</summary>
    Zero,
}

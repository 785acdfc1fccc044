using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Buffers;

/// <summary>A write into a buffer, as one body sees it. Parameters stand for the arguments of callers.</summary>
/// <param name="Kind">The kind of write.</param>
/// <param name="Target">The buffer.</param>
/// <param name="Sources">What the written value is computed from.</param>
/// <param name="Site">The syntax of the write.</param>
internal sealed record BufferEffect(BufferEffectKind Kind, BufferValue Target, BufferValue Sources, SyntaxNode Site)
{
    /// <summary>Whether the new value depends on the old one.</summary>
    public bool ReadsTarget { get; init; }

    /// <summary>Whether the written value has a factor that is named after clipping, or is bounded in another way.</summary>
    public bool IsLimited { get; init; }

    /// <summary>Whether the written value is a product with one element of a buffer.</summary>
    public bool IsMultiple { get; init; }

    /// <summary>Whether callers of the method decide what is written.</summary>
    public bool IsOpen => Target.AllRoots.Concat(Sources.AllRoots).Any(root => root.IsOpen);

    public BufferEffect Substitute(Func<IParameterSymbol, BufferValue?> targets, Func<IParameterSymbol, BufferValue?> sources) =>
        this with { Target = Target.Substitute(targets), Sources = Sources.Substitute(sources).Flattened() };
}

/// <summary>The kind of a write into a buffer.</summary>
internal enum BufferEffectKind
{
    /// <summary>The value replaces the old one.</summary>
    Set,

    /// <summary>The value is added or subtracted.</summary>
    Add,

    /// <summary>The old value is multiplied or divided by a factor that may bound it.</summary>
    Bound,

    /// <summary>The old value is multiplied or divided by a factor that does not bound it: an average, a constant.</summary>
    Scale,

    /// <summary>The value is zero.</summary>
    Zero,
}

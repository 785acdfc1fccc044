namespace ClipGen.Numerics.Walking;

/// <summary>The place of one gradient in the walk through its source.</summary>
internal readonly ref struct GradientSlot
{
    /// <summary>Its number among the gradients that hold elements.</summary>
    internal int Ordinal { get; init; }

    /// <summary>Its number among all gradients, empty ones included.</summary>
    internal int Position { get; init; }

    /// <summary>The group that it is clipped with.</summary>
    internal string? Group { get; init; }

    /// <summary>Whether every process holds it.</summary>
    internal bool IsReplicated { get; init; }

    /// <summary>A hash of the keys of all items that the walk has entered before it.</summary>
    internal int Keys { get; init; }

    /// <summary>What is declared of its parameter.</summary>
    internal ref readonly ParameterOptions Options => ref _options;

    private readonly ref readonly ParameterOptions _options;

    internal GradientSlot(ref readonly ParameterOptions options) => _options = ref options;
}

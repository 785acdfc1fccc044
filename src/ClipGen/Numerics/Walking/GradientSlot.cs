namespace ClipGen.Numerics.Walking;

/// <summary>The position of one gradient in the traversal of its source.</summary>
internal readonly ref struct GradientSlot
{
    /// <summary>Its number among the gradients with elements.</summary>
    internal int Ordinal { get; init; }

    /// <summary>Its number among all gradients.</summary>
    internal int Position { get; init; }

    /// <summary>The group that it belongs to.</summary>
    internal string? Group { get; init; }

    /// <summary>Whether every process holds it.</summary>
    internal bool IsReplicated { get; init; }

    /// <summary>A hash of the keys of all items that the traversal has entered before it.</summary>
    internal int Keys { get; init; }

    /// <summary>The declared options of its parameter.</summary>
    internal ref readonly ParameterOptions Options => ref _options;

    private readonly ref readonly ParameterOptions _options;

    internal GradientSlot(ref readonly ParameterOptions options) => _options = ref options;
}

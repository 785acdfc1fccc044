using System.Collections.Immutable;

namespace ClipGen.Generator.Tests.Fuzzing;

/// <summary>
/// A random model with everything that it holds, as data: what is written as source text, and what shrinking takes away from.
/// </summary>
/// <param name="Seed">What the declarations and their contents are drawn from.</param>
/// <param name="HasLayerInterface">Whether there is an <c>ILayer : IGradientSource</c>.</param>
/// <param name="Types">The types, each after those that it names; the last one is the model.</param>
internal sealed record ProgramDeclaration(int Seed, bool HasLayerInterface, ImmutableArray<TypeDraft> Types)
{
    public string Namespace => $"F{Seed}";

    public TypeDraft Model => Types[^1];
}

/// <summary>One type.</summary>
internal sealed record TypeDraft
{
    public required string Name { get; init; }

    /// <summary><c>class</c>, <c>struct</c>, <c>record</c> or <c>record struct</c>.</summary>
    public required string Keyword { get; init; }

    /// <summary>Whether it is compiled into the assembly that the model's references.</summary>
    public bool InLibrary { get; init; }

    /// <summary>An attribute by which the compiler warns of its use, or null.</summary>
    public string? Warning { get; init; }

    public bool IsSealed { get; init; }

    public bool IsAbstract { get; init; }

    public bool IsLayer { get; init; }

    /// <summary>The name of its element type parameter, or null.</summary>
    public string? ElementParameter { get; init; }

    /// <summary>The constraint of its parameter for a held source, such as <c>ILayer</c>, or null.</summary>
    public string? SourceConstraint { get; init; }

    /// <summary>Its base as it is written, or null.</summary>
    public string? Base { get; init; }

    /// <summary>Keyword and name of a type around it, or null.</summary>
    public string? Container { get; init; }

    /// <summary>Whether the members are divided over two declarations.</summary>
    public bool IsSplit { get; init; }

    public HandWriting HandWriting { get; init; }

    public ImmutableArray<LimitDraft> Limits { get; init; } = [];

    public ImmutableArray<MemberDraft> Members { get; init; } = [];

    public bool IsValueType => Keyword is "struct" or "record struct";

    /// <summary>Whether its attributes alone ask for code.</summary>
    public bool IsAnnotated => Limits.Length > 0 || Members.Any(member => member.IsMarked);

    /// <summary>The name by which the other types of the program refer to it, without type arguments.</summary>
    public string Reference => Container is null ? Name : $"{Container.Split(' ')[^1]}.{Name}";
}

/// <summary>How a type implements <see cref="IGradientSource"/> itself.</summary>
internal enum HandWriting
{
    /// <summary>It does not: its traversal is generated.</summary>
    None,
    Public,
    Virtual,
    Explicit,

    /// <summary>It leaves the traversal to its heirs.</summary>
    Abstract,
}

/// <summary>One member that holds a buffer, a source, or a collection of either.</summary>
internal sealed record MemberDraft
{
    public required string Name { get; init; }

    public required string Type { get; init; }

    public MemberShape Shape { get; init; }

    public string Accessibility { get; init; } = "private";

    /// <summary>An attribute by which the compiler warns of its use, or null.</summary>
    public string? Warning { get; init; }

    /// <summary>Whether <c>[Gradient]</c> stands on it.</summary>
    public bool IsGradient { get; init; }

    /// <summary>Whether a parameter beside it names it as its gradient.</summary>
    public bool HasParameter { get; init; }

    public bool IsIgnored { get; init; }

    public bool IsMarked => IsGradient || OwnLimit is not null || HasParameter;

    public string? Group { get; init; }

    public LimitDraft? OwnLimit { get; init; }

    /// <summary>The number of elements that the attribute promises, or 0. Short ones are clipped by unrolled code.</summary>
    public int Length { get; init; }

    /// <summary>The number of elements, in its first dimension, of the array that a proven member is initialized with.</summary>
    public int Allocated { get; init; }
}

internal enum MemberShape
{
    Field,
    ReadOnlyField,
    GetOnlyProperty,
    Property,
    InitProperty,
    RequiredProperty,

    /// <summary>A property whose attributes are written on its field: <c>[field: Gradient]</c>.</summary>
    TargetedProperty,

    /// <summary>A property that returns a span over a field that nobody marked.</summary>
    SpanProperty,

    /// <summary>The same as a method.</summary>
    SpanMethod,

    /// <summary>A readonly field that is initialized with an array: generated code checks nothing of it.</summary>
    ProvenField,

    /// <summary>The same as a property.</summary>
    ProvenProperty,
}

/// <summary>One clip attribute.</summary>
internal sealed record LimitDraft(
    bool ByValue,
    double Limit,
    double NormType = 2,
    ClipScope Scope = ClipScope.Global,
    NonFinitePolicy NonFinite = NonFinitePolicy.Throw,
    double Epsilon = 0,
    string? Group = null);

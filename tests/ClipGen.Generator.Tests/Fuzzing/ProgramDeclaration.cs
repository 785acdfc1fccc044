using System.Collections.Immutable;

namespace ClipGen.Generator.Tests.Fuzzing;

/// <summary>
/// A random model and all types that it holds, as data. <see cref="ProgramWriter"/> writes it as source text, and shrinking removes parts
/// of it.
/// </summary>
/// <param name="Seed">The seed of all random choices.</param>
/// <param name="HasLayerInterface">True if the program declares an <c>ILayer : IGradientSource</c>.</param>
/// <param name="Types">The types, each after the types that it uses. The last one is the model.</param>
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

    /// <summary>True if the type is compiled into the referenced assembly.</summary>
    public bool InLibrary { get; init; }

    /// <summary>An attribute that makes the compiler report each use, or null.</summary>
    public string? Warning { get; init; }

    public bool IsSealed { get; init; }

    public bool IsAbstract { get; init; }

    public bool IsLayer { get; init; }

    /// <summary>The name of its element type parameter, or null.</summary>
    public string? ElementParameter { get; init; }

    /// <summary>The constraint of its parameter for a held source, such as <c>ILayer</c>, or null.</summary>
    public string? SourceConstraint { get; init; }

    /// <summary>The source text of its base, or null.</summary>
    public string? Base { get; init; }

    /// <summary>The keyword and the name of the type that contains it, or null.</summary>
    public string? Container { get; init; }

    /// <summary>True if the type has two partial declarations.</summary>
    public bool IsSplit { get; init; }

    public HandWriting HandWriting { get; init; }

    public ImmutableArray<LimitDraft> Limits { get; init; } = [];

    public ImmutableArray<MemberDraft> Members { get; init; } = [];

    public bool IsValueType => Keyword is "struct" or "record struct";

    /// <summary>True if its attributes alone make the generator emit code.</summary>
    public bool IsAnnotated => Limits.Length > 0 || Members.Any(member => member.IsMarked);

    /// <summary>The name that other types of the program use, without type arguments.</summary>
    public string Reference => Container is null ? Name : $"{Container.Split(' ')[^1]}.{Name}";
}

/// <summary>How a type implements <see cref="IGradientSource"/> itself.</summary>
internal enum HandWriting
{
    /// <summary>The type does not: its traversal is generated.</summary>
    None,
    Public,
    Virtual,
    Explicit,

    /// <summary>The traversal is abstract, and derived classes implement it.</summary>
    Abstract,
}

/// <summary>One member that holds a buffer, a source, or a collection of either.</summary>
internal sealed record MemberDraft
{
    public required string Name { get; init; }

    public required string Type { get; init; }

    public MemberShape Shape { get; init; }

    public string Accessibility { get; init; } = "private";

    /// <summary>An attribute that makes the compiler report each use, or null.</summary>
    public string? Warning { get; init; }

    /// <summary>True if the member has <c>[Gradient]</c>.</summary>
    public bool IsGradient { get; init; }

    /// <summary>True if a parameter of the type names this member as its gradient.</summary>
    public bool HasParameter { get; init; }

    public bool IsIgnored { get; init; }

    public bool IsMarked => IsGradient || OwnLimit is not null || HasParameter;

    public string? Group { get; init; }

    public LimitDraft? OwnLimit { get; init; }

    /// <summary>The length in the attribute, or 0. Unrolled code clips short buffers.</summary>
    public int Length { get; init; }

    /// <summary>The length, in the first dimension, of the array in the initializer of a proven member.</summary>
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

    /// <summary>A property whose attribute targets its field: <c>[field: Gradient]</c>.</summary>
    TargetedProperty,

    /// <summary>A property that returns a span over a field without attributes.</summary>
    SpanProperty,

    /// <summary>A method that returns a span over a field without attributes.</summary>
    SpanMethod,

    /// <summary>A readonly field that is initialized with an array, so that generated code does not check it.</summary>
    ProvenField,

    /// <summary>A get-only property that is initialized with an array.</summary>
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

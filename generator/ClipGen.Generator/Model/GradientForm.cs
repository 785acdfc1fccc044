namespace ClipGen.Generator.Model;

/// <summary>How a member holds gradients. Decides the code that hands them to a visitor.</summary>
/// <param name="Display">The type as people write it, for the generated file's header.</param>
internal abstract record GradientForm(string Display);

/// <summary>Memory that is handed over as one span.</summary>
/// <param name="Element">The element type, fully qualified: <c>float</c>, <c>global::System.Half</c>, <c>T</c>.</param>
/// <param name="Kind">What holds the elements.</param>
/// <param name="Display">The type as people write it.</param>
internal sealed record BufferForm(string Element, BufferKind Kind, string Display) : GradientForm(Display);

internal enum BufferKind
{
    /// <summary><c>T[]</c>, which converts to a span, null to an empty one.</summary>
    Array,

    /// <summary><c>ArraySegment&lt;T&gt;</c> and <c>Span&lt;T&gt;</c>, which convert to a span.</summary>
    Convertible,

    /// <summary><c>T[,]</c> and higher ranks, in memory order.</summary>
    MultiDimensional,

    /// <summary><c>Memory&lt;T&gt;</c>.</summary>
    Memory,

    /// <summary><c>Memory&lt;T&gt;?</c>.</summary>
    NullableMemory,

    /// <summary><c>ArraySegment&lt;T&gt;?</c>.</summary>
    NullableSegment,

    /// <summary><c>System.Numerics.Tensors.Tensor&lt;T&gt;</c>.</summary>
    Tensor,
}

/// <summary>A value whose type hands over its gradients itself.</summary>
/// <param name="Nulls">How its absence is written.</param>
/// <param name="ThroughInterface">Whether the type implements the traversal explicitly, so that a call must go through a constrained
/// generic.</param>
/// <param name="Display">The type as people write it.</param>
internal sealed record SourceForm(Nulls Nulls, bool ThroughInterface, string Display) : GradientForm(Display);

internal enum Nulls
{
    /// <summary>A value type.</summary>
    Never,

    /// <summary>A reference type, or a type parameter that may be one.</summary>
    Reference,

    /// <summary><c>Nullable&lt;T&gt;</c>.</summary>
    NullableValue,
}

/// <summary>
/// A value that cannot hand over its gradients itself: a tuple, or one whose type is someone else's, with the gradients that
/// <c>[assembly: GradientSource]</c> names in it.
/// </summary>
/// <param name="Parts">What holds its gradients.</param>
/// <param name="Display">The type as people write it.</param>
internal sealed record CompositeForm(EquatableArray<GradientPart> Parts, string Display) : GradientForm(Display);

/// <summary>One part of such a value.</summary>
/// <param name="Name">Its name, as a path shows it.</param>
/// <param name="Expression">How it is read from the value: <c>Grad</c>, <c>GetGrad()</c>.</param>
/// <param name="Form">How it holds gradients.</param>
/// <param name="Through">The base that the value is cast to first, fully qualified, where another member hides the part; else null.</param>
/// <param name="Parameter">The part of the value that holds the parameters of this one, or null.</param>
internal sealed record GradientPart(
    string Name, string Expression, GradientForm Form, string? Through = null, GradientPart? Parameter = null);

/// <summary>A collection of any other form.</summary>
/// <param name="Item">The form of its items.</param>
/// <param name="Kind">How it is walked.</param>
/// <param name="Display">The type as people write it.</param>
/// <param name="Step">The type of the variable that walks it, fully qualified: of a <c>foreach</c>, or the span over memory; null where it
/// is indexed. A type may be named <c>var</c>.</param>
/// <param name="Through">The interface that it is cast to first, fully qualified, where its own members would not do; else null.</param>
/// <param name="InlineArray">The shape of an inline array, null for every other kind.</param>
internal sealed record CollectionForm(
    GradientForm Item, CollectionKind Kind, string Display, string? Step = null, string? Through = null,
    InlineArrayShape? InlineArray = null)
    : GradientForm(Display);

/// <summary>What the code names to see an inline array as a span.</summary>
/// <param name="Type">The struct, fully qualified.</param>
/// <param name="Element">The type of its elements, fully qualified.</param>
/// <param name="Length">The number of elements.</param>
internal sealed record InlineArrayShape(string Type, string Element, int Length);

/// <summary>
/// A value that holds gradients and that generated code cannot walk through. It is an error where it is declared, and no code is emitted.
/// </summary>
/// <param name="Reason">Why, as a message goes on after the member's name, and what to do. Empty where the compiler reports the
/// mistake.</param>
/// <param name="Display">The type as people write it.</param>
internal sealed record RefusedForm(string Reason, string Display) : GradientForm(Display);

internal enum CollectionKind
{
    /// <summary>Arrays: <c>Length</c> and an indexer.</summary>
    Array,

    /// <summary>Lists: <c>Count</c> and an indexer.</summary>
    List,

    /// <summary><c>ImmutableArray&lt;T&gt;</c>, whose default value throws.</summary>
    ImmutableArray,

    /// <summary>
    /// <c>Memory&lt;T&gt;</c> and <c>ReadOnlyMemory&lt;T&gt;</c> of what hands over its gradients itself, through their span.
    /// </summary>
    Memory,

    /// <summary>A struct marked <c>[InlineArray]</c>.</summary>
    InlineArray,

    /// <summary>Dictionaries: their values, named by their keys.</summary>
    Dictionary,

    /// <summary>
    /// Anything else that can be enumerated. A struct enumerator costs nothing, one behind an interface is an allocation.
    /// </summary>
    Enumerable,
}

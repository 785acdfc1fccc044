namespace ClipGen.Generator.Model;

/// <summary>How a member holds gradients. It decides the code that passes them to a visitor.</summary>
/// <param name="Display">The type as written by users, for the header of the generated file.</param>
internal abstract record GradientForm(string Display);

/// <summary>Memory that is passed to the visitor as one span.</summary>
/// <param name="Element">The element type, fully qualified: <c>float</c>, <c>global::System.Half</c>, <c>T</c>.</param>
/// <param name="Kind">The type of the memory.</param>
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

/// <summary>A value whose type is a gradient source.</summary>
/// <param name="Nulls">How a missing value is represented.</param>
/// <param name="ThroughInterface">Whether the type implements the traversal explicitly, so that a call must go through a constrained
/// generic.</param>
/// <param name="Display">The type as people write it.</param>
internal sealed record GradientSourceForm(Nulls Nulls, bool ThroughInterface, string Display) : GradientForm(Display);

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
/// A value that is no gradient source but contains gradients: a tuple, or a value of another assembly's type with the gradients that
/// <c>[assembly: GradientSource]</c> names.
/// </summary>
/// <param name="Parts">The parts that hold its gradients.</param>
/// <param name="Display">The type as people write it.</param>
internal sealed record CompositeForm(EquatableArray<GradientPart> Parts, string Display) : GradientForm(Display);

/// <summary>One part of such a value.</summary>
/// <param name="Name">Its name in a path.</param>
/// <param name="Expression">The expression that reads it from the value: <c>Grad</c>, <c>GetGrad()</c>.</param>
/// <param name="Form">How it holds gradients.</param>
/// <param name="Through">The base class that the value is cast to first, fully qualified, if another member hides the part; otherwise
/// null.</param>
/// <param name="Parameter">The part of the value that holds the parameters of this one, or null.</param>
internal sealed record GradientPart(
    string Name, string Expression, GradientForm Form, string? Through = null, GradientPart? Parameter = null);

/// <summary>A collection of any other form.</summary>
/// <param name="Item">The form of its items.</param>
/// <param name="Kind">How it is iterated.</param>
/// <param name="Display">The type as people write it.</param>
/// <param name="Step">The type of the iteration variable, fully qualified: of a <c>foreach</c>, or of the span over memory; null if the
/// collection is indexed. A type may be named <c>var</c>.</param>
/// <param name="Through">The interface that it is cast to first, fully qualified, if its own members cannot be used; otherwise
/// null.</param>
/// <param name="InlineArray">The shape of an inline array; null for every other kind.</param>
internal sealed record CollectionForm(
    GradientForm Item, CollectionKind Kind, string Display, string? Step = null, string? Through = null,
    InlineArrayShape? InlineArray = null)
    : GradientForm(Display);

/// <summary>The types that the code names to read an inline array as a span.</summary>
/// <param name="Type">The struct, fully qualified.</param>
/// <param name="Element">The type of its elements, fully qualified.</param>
/// <param name="Length">The number of elements.</param>
internal sealed record InlineArrayShape(string Type, string Element, int Length);

/// <summary>
/// A value with gradients that generated code cannot iterate. It is an error where it is declared, and no code is emitted.
/// </summary>
/// <param name="Reason">The reason, which continues the message after the member's name, with advice. Empty if the compiler reports the
/// error.</param>
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

    /// <summary><c>Memory&lt;T&gt;</c> and <c>ReadOnlyMemory&lt;T&gt;</c> of gradient sources, through their span.</summary>
    Memory,

    /// <summary>A struct marked <c>[InlineArray]</c>.</summary>
    InlineArray,

    /// <summary>Dictionaries: their values, named by their keys.</summary>
    Dictionary,

    /// <summary>Other enumerable types. A struct enumerator does not allocate, one behind an interface does.</summary>
    Enumerable,
}

using ClipGen.Generator.Model;

namespace ClipGen.Generator.Emission;

/// <summary>Writes the expression that converts a buffer to an argument of type <c>Span&lt;T&gt;</c>.</summary>
internal static class BufferExpression
{
    public static string Of(string expression, BufferForm form) => form.Kind switch
    {
        BufferKind.Memory => expression + ".Span",
        BufferKind.NullableMemory => expression + ".GetValueOrDefault().Span",
        BufferKind.NullableSegment => expression + ".GetValueOrDefault()",
        BufferKind.MultiDimensional => $"global::ClipGen.Numerics.GradientSpan.Of<{form.Element}>({expression})",
        BufferKind.Tensor => $"global::ClipGen.Numerics.GradientSpan.OfDense<{form.Element}>({expression})",
        _ => expression,
    };
}

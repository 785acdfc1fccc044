using ClipGen.Numerics.Walking;

namespace ClipGen.Exchange;

/// <summary>Finds the first gradient that differs between the processes of an average.</summary>
internal static class LayoutDifference
{
    /// <summary>
    /// Describes the difference in a sentence, the same in every process; null if there is none. Every process must call it.
    /// </summary>
    internal static string? Describe<TSource>(TSource gradients, GradientLayout layout, IGradientExchange exchange)
        where TSource : IGradientSource =>
        FirstDifference.Describe(exchange, [.. layout.Gradients.Select(CodeOf)], place => DescribeOne(gradients, layout, place));

    private static ulong CodeOf(GradientLayout.Gradient gradient)
    {
        var code = new Fingerprint();
        code.Add((ulong)gradient.Position);
        code.Add(gradient.Code);
        return code.Value;
    }

    private static string DescribeOne<TSource>(TSource gradients, GradientLayout layout, int place)
        where TSource : IGradientSource
    {
        if (place >= layout.Gradients.Count)
            return "no gradient";
        GradientLayout.Gradient gradient = layout.Gradients[place];
        string name = GradientNames.Of(gradients)[gradient.Ordinal];
        return $"the gradient '{name}' of {gradient.Length} elements of type {gradient.Element.Name}";
    }
}

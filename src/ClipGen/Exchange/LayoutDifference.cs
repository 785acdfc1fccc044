using ClipGen.Numerics.Walking;

namespace ClipGen.Exchange;

/// <summary>Finds the first gradient that differs between the processes of an average.</summary>
internal static class LayoutDifference
{
    /// <summary>Describes the difference in a sentence, the same in every process. Every process must call it.</summary>
    internal static string Describe<TSource>(TSource gradients, GradientLayout layout, IGradientExchange exchange)
        where TSource : IGradientSource
    {
        var ranks = new RankExchange(exchange, CallKind.AverageGradients, layout.Fingerprint);
        int most = ranks.Gather(layout.Gradients.Count).Max();
        var own = new Entry[most];
        for (int i = 0; i < layout.Gradients.Count; i++)
            own[i] = new Entry(layout.Gradients[i].Position, layout.Gradients[i].Code);
        Entry[] all = ranks.Gather<Entry>(own);
        int place = -1;
        int other = -1;
        for (int i = 0; i < most && place < 0; i++)
        {
            other = Enumerable.Range(0, ranks.Size).FirstOrDefault(rank => all[(rank * most) + i] != all[i], -1);
            if (other >= 0)
                place = i;
        }

        string[] descriptions = ranks.Gather(place < 0 ? "" : DescribeOne(gradients, layout, place));
        return place < 0
            ? "Their gradients differ."
            : $"Rank 0 has {descriptions[0]} where rank {other} has {descriptions[other]}.";
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

    private readonly record struct Entry(int Position, ulong Code);
}

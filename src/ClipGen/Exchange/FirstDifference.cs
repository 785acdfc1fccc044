namespace ClipGen.Exchange;

/// <summary>Finds the first entry of a list that differs between two processes.</summary>
internal static class FirstDifference
{
    /// <summary>
    /// Describes the difference in a sentence, the same in every process; null if there is none. All processes must call it together.
    /// </summary>
    /// <param name="exchange">The processes.</param>
    /// <param name="codes">A number for each entry of this process. Different entries have different numbers.</param>
    /// <param name="describe">Describes an entry by its position, which may be one after the last.</param>
    internal static string? Describe(IGradientExchange exchange, ulong[] codes, Func<int, string> describe)
    {
        var ranks = new RankExchange(exchange, default, fingerprint: 0);
        int most = ranks.Gather(codes.Length).Max();
        ulong[] own = new ulong[most];
        codes.CopyTo(own, 0);
        ulong[] all = ranks.Gather<ulong>(own);
        for (int i = 0; i < most; i++)
        {
            int other = Enumerable.Range(0, ranks.Size).FirstOrDefault(rank => all[(rank * most) + i] != all[i], -1);
            if (other < 0)
                continue;
            string[] descriptions = ranks.Gather(describe(i));
            return $"Rank 0 has {descriptions[0]} where rank {other} has {descriptions[other]}.";
        }

        return null;
    }
}

namespace ClipGen.Observing.Recording;

/// <summary>The shares of the gradients in the squared norm, over consecutive steps.</summary>
/// <param name="Steps">The number of steps with known shares.</param>
/// <param name="Sums">The sum of each gradient's shares, in units of 1/254.</param>
internal readonly record struct ShareColumn(long Steps, float[] Sums) : IColumn<ShareColumn>
{
    /// <inheritdoc/>
    public static ShareColumn Join(ShareColumn first, ShareColumn second)
    {
        // The longer array is not used any more and receives the sum.
        (float[] sums, float[] others) = first.Sums.Length >= second.Sums.Length ? (first.Sums, second.Sums) : (second.Sums, first.Sums);
        for (int i = 0; i < others.Length; i++)
            sums[i] += others[i];
        return new ShareColumn(first.Steps + second.Steps, sums);
    }
}

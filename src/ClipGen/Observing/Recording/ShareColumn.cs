namespace ClipGen.Observing.Recording;

/// <summary>The shares of the gradients in the squared norm, over some neighbouring steps.</summary>
/// <param name="Steps">The number of steps that had shares.</param>
/// <param name="Sums">The sum of each gradient's shares, in steps of 1/254.</param>
internal readonly record struct ShareColumn(long Steps, float[] Sums) : IColumn<ShareColumn>
{
    /// <inheritdoc/>
    public static ShareColumn Join(ShareColumn first, ShareColumn second)
    {
        // The longer one is not needed any more, and takes the sum.
        (float[] sums, float[] others) = first.Sums.Length >= second.Sums.Length ? (first.Sums, second.Sums) : (second.Sums, first.Sums);
        for (int i = 0; i < others.Length; i++)
            sums[i] += others[i];
        return new ShareColumn(first.Steps + second.Steps, sums);
    }
}

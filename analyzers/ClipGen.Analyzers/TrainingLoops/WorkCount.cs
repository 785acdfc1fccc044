namespace ClipGen.Analyzers.TrainingLoops;

/// <summary>
/// Counts the work of the analysis: operations read, nodes created, edges followed. Tests compare the counts for small and large programs
/// to show that the cost is about linear. Times would depend on the machine. Concurrent analysis of bodies can lose counts.
/// </summary>
internal sealed class WorkCount
{
    public long Total { get; private set; }

    public void Add(int count) => Total += count;
}

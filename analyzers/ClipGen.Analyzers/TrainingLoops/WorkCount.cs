namespace ClipGen.Analyzers.TrainingLoops;

/// <summary>
/// Counts what the analysis does: operations read, nodes made, edges followed. Tests compare the counts for small and large programs to
/// show that the cost is about linear; times would depend on the machine. If bodies are analysed concurrently, some are not counted.
/// </summary>
internal sealed class WorkCount
{
    public long Total { get; private set; }

    public void Add(int count) => Total += count;
}

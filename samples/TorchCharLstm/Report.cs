using Spectre.Console;

namespace TorchCharLstm;

/// <summary>
/// The results of the trials. Each side counts at its best learning rate, the one with the most closing tags predicted over all seeds.
/// </summary>
/// <param name="Results">The results of all trials.</param>
public sealed record Report(IReadOnlyList<TrialResult> Results)
{
    /// <summary>The last line of the program.</summary>
    public string Conclusion =>
        $"closing tags predicted: with clipping {Share(Best(clipped: true)):p0}, without {Share(Best(clipped: false)):p0}";

    /// <summary>The results of a side at its best learning rate, in the order of the seeds.</summary>
    public IReadOnlyList<TrialResult> Best(bool clipped) =>
        [.. Results.Where(result => result.Trial.Clipped == clipped).GroupBy(result => result.Trial.LearningRate).MaxBy(Share)!];

    /// <summary>A row for each side and learning rate.</summary>
    public Table CreateTable()
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("clipping", "learning rate", "closing tags predicted", "perplexity", "largest norm", "steps clipped");
        foreach (IGrouping<(bool Clipped, double LearningRate), TrialResult> row in Results.GroupBy(
            result => (result.Trial.Clipped, result.Trial.LearningRate)))
        {
            string star = Best(row.Key.Clipped)[0].Trial.LearningRate == row.Key.LearningRate ? "*" : "";
            table.AddRow(
                row.Key.Clipped ? $"limit {CharLstm.Limit}" : "none",
                $"{row.Key.LearningRate}{star}",
                string.Join("  ", row.Select(result => $"{result.ClosingTags:p0}")),
                string.Join("  ", row.Select(result => $"{result.Perplexity:g3}")),
                $"{row.Max(result => result.Steps.Max(step => step.GradientNorm)):g3}",
                $"{row.SelectMany(result => result.Steps).Average(step => step.Clipped ? 1.0 : 0):p0}");
        }

        return table;
    }

    private static double Share(IEnumerable<TrialResult> results) => results.Average(result => result.ClosingTags);
}

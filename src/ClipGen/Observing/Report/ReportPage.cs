namespace ClipGen.Observing.Report;

/// <summary>The page of a run.</summary>
internal static class ReportPage
{
    internal static string Write(RunRecord run) => run.Name;
}

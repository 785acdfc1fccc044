using TemporalOrder;
using System.Diagnostics;
var lengths = args[0].Split(',').Select(int.Parse).ToArray();
var lrs = args[1].Split(',').Select(double.Parse).ToArray();
var s = new ExperimentSettings(lengths, lrs, int.Parse(args[2]), int.Parse(args[3]), double.Parse(args[4]));
var w = Stopwatch.StartNew();
long steps = 0;
var r = Experiment.Run(s, 2, x => { steps += (long)x.Steps * x.Trial.Length; });
foreach (int l in lengths) foreach (double lr in lrs) foreach (var c in Enum.GetValues<Clipping>())
{
    var of = r.Of(l, lr, c);
    Console.WriteLine($"{l,4} {lr,7} {c,-8} {of.Count(x => x.Solved)}/{of.Count} max {of.Max(x => x.LargestNorm):g4} clipped {100.0 * of.Sum(x => x.ClippedSteps) / of.Sum(x => x.Steps):f1}% div {of.Count(x => x.Outcome == TrialOutcome.Diverged)} steps {string.Join(' ', of.Select(x => x.Solved ? x.Steps.ToString() : "-"))}");
}
Console.WriteLine(r.Conclusion);
var cpu = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;
Console.WriteLine($"{w.Elapsed.TotalSeconds:f1} s, cpu {cpu:f1} s, {cpu / steps * 1e6:f2} us per time step");

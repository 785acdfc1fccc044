using ClipGen.Benchmarks.Contenders;
using ClipGen.Benchmarks.Contenders.Observing;
using ClipGen.Benchmarks.Measurement;
using ClipGen.Benchmarks.Models;
using ClipGen.Numerics;

namespace ClipGen.Benchmarks;

/// <summary>
/// The cost of metrics and recorded runs: the same clip without the check for observers, with the check, with a listener, and with a
/// recorder.
/// </summary>
public static class MetricsSession
{
    private const double MostForNobody = 1.02;

    /// <summary>Measures, and prints a line for each.</summary>
    /// <param name="shapes">The models.</param>
    /// <param name="seconds">The time to measure, without warm-up.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    public static void Run(IReadOnlyList<ModelShape> shapes, double seconds, CancellationToken cancellation)
    {
        var budget = TimeSpan.FromSeconds(seconds / shapes.Count);
        foreach (ModelShape shape in shapes)
        {
            PairedTimes times = PairedMeasurement.Run(
                () => Create(ModelShape.Fill(shape.CreateSmall())),
                () => Create(ModelShape.Fill(shape.Create())),
                clippingNeeded: true,
                budget,
                cancellation);
            ContenderResult[] results = [.. times.ToCase(GradientOwner.Arrays, shape.Name, clippingNeeded: true).Contenders];
            Console.WriteLine($"{shape.Name}, clip: {results[0].Name} {results[0].Nanoseconds.Median / 1000:f3} µs");
            foreach (ContenderResult result in results.Skip(1))
            {
                string bound = result.Name != ObservedContender.Nobody ? ""
                    : $", {(result.Ratio.Median <= MostForNobody ? "within" : "ABOVE")} {MostForNobody}";
                Console.WriteLine($"  {result.Name}: {result.Ratio.ToString("f3")} times{bound}; {result.AllocatedBytes} bytes a call");
            }
        }
    }

    // All contenders call one method of the runtime library with the same type argument, so that only the check for observers differs.
    private static IReadOnlyList<Contender> Create(IBenchmarkModel model)
    {
        var source = (IGradientSource)model;
        return
        [
            new ObservedContender("no question", limit => GradientOperations.ClipUnobserved(source, ClipRule.Norm(limit)), Observer.None),
            new ObservedContender(
                ObservedContender.Nobody, limit => GradientOperations.Clip(source, ClipRule.Norm(limit)), Observer.None),
            new ObservedContender("a listener", limit => GradientOperations.Clip(source, ClipRule.Norm(limit)), Observer.Listener),
            new ObservedContender("a recorder", limit => GradientOperations.Clip(source, ClipRule.Norm(limit)), Observer.Recorder),
        ];
    }
}

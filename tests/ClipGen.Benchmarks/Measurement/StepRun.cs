using ClipGen.Benchmarks.Contenders.Steps;
using ClipGen.Benchmarks.Models;

namespace ClipGen.Benchmarks.Measurement;

/// <summary>All cases of clip and step, in this process.</summary>
public static class StepRun
{
    /// <summary>Measures every model by every rule, with clipping needed.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="shapes">The models.</param>
    /// <param name="seconds">The time for all cases, without warm-up. Every contender runs at least a few rounds.</param>
    /// <param name="progress">Receives the name of the next case.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    public static StepReport Here(
        IReadOnlyList<UpdateRule> rules,
        IReadOnlyList<ModelShape> shapes,
        double seconds,
        Action<string> progress,
        CancellationToken cancellation)
    {
        double weights = rules.Sum(Weight) * shapes.Sum(RatioRun.Weight);
        var cases = new List<StepCase>();
        foreach (UpdateRule rule in rules)
        {
            foreach (ModelShape shape in shapes)
            {
                progress($"{shape.Name}, {UpdateOptions.Describe(rule)}, {RatioRun.InstructionSet}");
                bool withTwoThreads = shape.IsBeyondCaches;
                StepCheck.Run(shape, rule, withTwoThreads);
                PairedTimes times = PairedMeasurement.Run(
                    () => StepContenderList.Create(shape.CreateSmall(), rule, StepContenderList.MeasuredLearningRate, withTwoThreads),
                    () => StepContenderList.Create(shape.Create(), rule, StepContenderList.MeasuredLearningRate, withTwoThreads),
                    clippingNeeded: true,
                    TimeSpan.FromSeconds(seconds * Weight(rule) * RatioRun.Weight(shape) / weights),
                    cancellation);
                foreach (GradientOwner owner in Enum.GetValues<GradientOwner>())
                {
                    PairedTimes part = times.Only(name => StepContenderList.TakesPart(owner, name));
                    if (part.Contenders.Count > 0) cases.Add(new StepCase(rule, part.ToCase(owner, shape.Name, clippingNeeded: true)));
                }

                // Frees the memory of one model before the next one is created.
                GC.Collect();
            }
        }

        return new StepReport(RatioRun.InstructionSet, cases);
    }

    private static double Weight(UpdateRule rule) => rule == UpdateRule.AdamW ? 2 : 1;
}

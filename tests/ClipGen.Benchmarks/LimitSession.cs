using ClipGen.Benchmarks.Contenders;
using ClipGen.Benchmarks.Contenders.Steps;
using ClipGen.Benchmarks.Measurement;
using ClipGen.Benchmarks.Models;
using ClipGen.Benchmarks.Models.Steps;
using ClipGen.Optimizers;

namespace ClipGen.Benchmarks;

/// <summary>
/// The cost of adaptive limits compared with a fixed one: clips by one norm, and steps with a limit for each unit or gradient.
/// </summary>
public static class LimitSession
{
    private const double MostForOneNorm = 1.05;
    private const double MostForMany = 1.15;

    /// <summary>Measures, and prints a line for each limit.</summary>
    /// <param name="shapes">The models.</param>
    /// <param name="seconds">The time to measure, without warm-up.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    public static void Run(IReadOnlyList<ModelShape> shapes, double seconds, CancellationToken cancellation)
    {
        var budget = TimeSpan.FromSeconds(seconds / (3 * shapes.Count));
        foreach (ModelShape shape in shapes)
        {
            Print(shape, "clip, nothing exceeded", MostForOneNorm, model => Clips(model, exceeded: false), budget, cancellation);
            Print(shape, "clip", MostForOneNorm, model => Clips(model, exceeded: true), budget, cancellation);
            Print(shape, "AdamW, ClipAndStep", MostForMany, Steps, budget, cancellation);
        }
    }

    private static void Print(
        ModelShape shape,
        string operation,
        double bound,
        Func<IStepModel, IReadOnlyList<Contender>> create,
        TimeSpan budget,
        CancellationToken cancellation)
    {
        PairedTimes times = PairedMeasurement.Run(
            () => create(StepShapes.Fill(shape.CreateSmall())),
            () => create(StepShapes.Fill(shape.Create())),
            clippingNeeded: false,
            budget,
            cancellation);
        ContenderResult[] results = [.. times.ToCase(GradientOwner.Arrays, shape.Name, clippingNeeded: true).Contenders];
        Console.WriteLine($"{shape.Name}, {operation}: {results[0].Name} {results[0].Nanoseconds.Median / 1000:f2} µs");
        foreach (ContenderResult result in results.Skip(1))
        {
            Console.WriteLine(
                $"  {result.Name}: {result.Ratio.ToString("f3")} times, "
                + $"{(result.Ratio.Median <= bound ? "within" : "ABOVE")} {bound}; {result.AllocatedBytes} bytes a call");
        }
    }

    // Gradients do not change: a limit just below the norm gives a factor that rounds to 1.
    private static IReadOnlyList<Contender> Clips(IStepModel model, bool exceeded)
    {
        var source = (IGradientSource)model;
        double norm = Gradients.Norm(source);
        double limit = exceeded ? norm * (1 - 1e-9) : 2 * norm;
        var auto = new AutoClipLimit(percentile: 90) { MaxNorm = limit };
        var z = new ZClipLimit(threshold: 2.5) { MaxNorm = limit };

        // More norms than are stored exactly.
        for (int i = 0; i < 3000; i++)
        {
            Gradients.ClipNorm(auto, source);
            Gradients.ClipNorm(z, source);
        }

        return
        [
            new LimitContender("fixed limit", () => Gradients.ClipNorm(limit, source)),
            new LimitContender("AutoClip", () => Gradients.ClipNorm(auto, source)),
            new LimitContender("ZClip", () => Gradients.ClipNorm(z, source)),
        ];
    }

    // A step with the learning rate 0: parameters do not change.
    private static IReadOnlyList<Contender> Steps(IStepModel model)
    {
        var clipped = (IClippable)model;
        var optimizer = new AdamW(learningRate: 0);
        LowerEveryTenthRow(model);
        var units = new AdaptiveClipLimit(ratio: 1.5);
        var means = new AdaGCLimit(ratio: 0.9) { WarmUpSteps = 1 };
        return
        [
            new LimitContender("fixed limit", () => optimizer.ClipAndStep(clipped)),
            new LimitContender("AGC, one row in ten above", () => optimizer.ClipAndStep(clipped, units)),
            new LimitContender("AdaGC", () => optimizer.ClipAndStep(clipped, means)),
        ];
    }

    // Parameters have the values of the gradients, so that the norms of a row are equal.
    private static void LowerEveryTenthRow(IStepModel model)
    {
        // About the length of the rows in the models.
        const int Row = 125;
        foreach (float[] parameter in model.Parameters)
        {
            for (int start = 0; start < parameter.Length; start += 10 * Row)
            {
                foreach (ref float element in parameter.AsSpan(start, Math.Min(Row, parameter.Length - start)))
                    element *= 0.5f;
            }
        }
    }
}

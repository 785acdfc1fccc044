using ClipGen.Benchmarks.Contenders.Steps;
using ClipGen.Benchmarks.Models;
using ClipGen.Benchmarks.Models.Steps;

namespace ClipGen.Benchmarks.Measurement;

/// <summary>Asserts that contenders compute the norm, clip by it, and step by the formula of the rule.</summary>
internal static class StepCheck
{
    private const int Steps = 3;
    private const double LearningRate = 0.01;
    private const double Tolerance = 1e-3;

    /// <summary>Runs a few steps of each contender on a new model.</summary>
    /// <exception cref="InvalidOperationException">A contender has a different result.</exception>
    public static void Run(ModelShape shape, UpdateRule rule, bool withTwoThreads)
    {
        IStepModel model = StepShapes.Fill(shape.CreateSmall());
        float[] gradients = [.. model.Gradients.SelectMany(gradient => gradient)];
        float[] parameters = [.. model.Parameters.SelectMany(parameter => parameter)];
        double norm = Math.Sqrt(gradients.Sum(element => (double)element * element));
        double[] clipped = Expect(StepShapes.DeclaredLimit / norm);
        double[] unclipped = Expect(1);
        int count = 1;
        for (int index = 0; index < count; index++)
        {
            // All contenders share one model, so the others of the list do not run and do not change it.
            IReadOnlyList<StepContender> contenders = StepContenderList.Create(shape.CreateSmall(), rule, LearningRate, withTwoThreads);
            count = contenders.Count;
            StepContender contender = contenders[index];
            Compare(contender, norm, parameters, contender.Clips ? clipped : unclipped);
            foreach (StepContender each in contenders) each.Dispose();
        }

        double[] Expect(double factor)
        {
            var update = new ScalarUpdate(rule, LearningRate, gradients.Length);
            double[] expected = [.. parameters.Select(parameter => (double)parameter)];
            for (int step = 0; step < Steps; step++) update.Step(gradients, factor, expected);

            return expected;
        }
    }

    private static void Compare(StepContender contender, double norm, float[] before, double[] expected)
    {
        contender.Prepare();
        double found = contender.Clip(StepShapes.DeclaredLimit);
        for (int step = 1; step < Steps; step++) contender.Clip(StepShapes.DeclaredLimit);

        contender.Settle();
        if (contender.Clips && !(Math.Abs(found - norm) <= Tolerance * norm))
            throw new InvalidOperationException($"{contender.Name} found the norm {found} instead of {norm}.");

        double largest = 0;
        double error = 0;
        int index = 0;
        foreach (float parameter in contender.ReadParameters().SelectMany(each => each))
        {
            largest = Math.Max(largest, Math.Abs(expected[index] - before[index]));

            // Math.Max returns NaN if a parameter is NaN.
            error = Math.Max(error, Math.Abs(parameter - expected[index]));
            index++;
        }

        if (index != expected.Length || !(error <= Tolerance * largest))
        {
            throw new InvalidOperationException(
                $"{contender.Name} stepped to parameters that differ by {error} from the formula's. The largest change is {largest}.");
        }
    }
}

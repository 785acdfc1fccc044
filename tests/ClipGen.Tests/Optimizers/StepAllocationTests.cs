using ClipGen.Optimizers;

namespace ClipGen.Tests.Optimizers;

/// <summary>Steps after the first one allocate nothing.</summary>
public sealed class StepAllocationTests
{
    public static TheoryData<string> Optimizers => [.. OptimizerCases.All];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_step_allocates_nothing(string name)
    {
        EveryForm model = new();
        Walker.Fill(model, new Random(1), 5);
        Optimizer optimizer = OptimizerCases.Create(name);
        var scaler = new LossScaler();
        long least = long.MaxValue;
        for (int i = 0; i < 12; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            optimizer.ClipAndStep(model);
            optimizer.ClipAndStep(model, 0.5);
            optimizer.ClipAndStep(model, scaler);
            optimizer.Step(model);

            // The runtime allocates once for tiered compilation. An allocation of the step itself occurs every time.
            if (i > 1)
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}

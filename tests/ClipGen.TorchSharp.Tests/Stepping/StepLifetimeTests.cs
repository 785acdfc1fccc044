using ClipGen.Numerics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests.Stepping;

/// <summary>A step disposes everything that it creates, and the number of threads changes no bit.</summary>
public sealed class StepLifetimeTests : TorchTests
{
    public static TheoryData<string> Optimizers => ["AdamW", "Adam", "SGD", "RMSProp", "NAdam"];

    [Theory, MemberData(nameof(Optimizers))]
    public void Training_keeps_neither_tensors_nor_native_memory(string name)
    {
        const int Steps = 40;
        using nn.Module<Tensor, Tensor> model = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 8));
        using optim.Optimizer optimizer = Create(name, model.parameters());
        Parameter[] parameters = [.. model.parameters()];
        var memory = new GradientMemory();
        void Train(int steps)
        {
            for (int step = 0; step < steps; step++)
            {
                using DisposeScope scope = NewDisposeScope();
                foreach (Parameter parameter in parameters)
                    parameter.grad = memory.Zeros(parameter.shape);
                nn.functional.mse_loss(model.call(randn(16, 32)), zeros(16, 8)).backward();
                optimizer.ClipAndStep(1e-3, zeroGradients: step % 2 == 0);
                foreach (Parameter parameter in parameters)
                    parameter.grad = null;
            }
        }

        Train(2);
        FinalizeOthers();
        long tensors = Tensor.TotalCount;
        Train(Steps);
        Assert.Equal(tensors, Tensor.TotalCount);
        Assert.Equal(0, memory.CountHeld());
    }

    [Theory, MemberData(nameof(Optimizers))]
    public void The_callers_disposal_scope_sees_nothing_and_takes_no_state_with_it(string name)
    {
        using DisposeScope outer = NewDisposeScope();
        Parameter parameter = WithGradient(3, 4);
        using optim.Optimizer optimizer = Create(name, [parameter]);
        using (DisposeScope scope = NewDisposeScope())
        {
            int before = scope.DisposablesCount;
            optimizer.ClipAndStep(1.0);
            Assert.Equal(before, scope.DisposablesCount);
        }

        // The second step, fused or not, finds the state that the first step created.
        optimizer.step();
        optimizer.ClipAndStep(1.0);
        Assert.All(parameter.detach().data<float>().ToArray(), element => Assert.True(float.IsFinite(element)));
    }

    [Fact]
    public void A_step_of_parameters_in_an_array_allocates_no_more_each_time()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = [.. Enumerable.Range(0, 100).Select(_ => WithGradient(ones(16)))];
        using var optimizer = new AdamW(parameters, 0.01);
        optimizer.ClipAndStep(1.0);
        long least = long.MaxValue;
        for (int i = 0; i < 10; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            optimizer.ClipAndStep(1.0);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        // The enumerator of the groups allocates.
        Assert.InRange(least, 0, 100);
    }

    [Theory, InlineData("AdamW"), InlineData("SGD")]
    public void Threads_change_no_bit(string name)
    {
        int threads = GradientThreads.Maximum;
        try
        {
            var results = new List<float[]>();
            foreach (int maximum in (int[])[1, 2, 5])
            {
                GradientThreads.Maximum = maximum;
                using DisposeScope scope = NewDisposeScope();
                using var generator = new Generator(7, CPU);
                Parameter[] parameters = [.. ((long[])[1_500_000, 3, 0, 700_001, 262_144, 17]).Select(length =>
                {
                    var parameter = new Parameter(rand(length, generator: generator));
                    parameter.grad = rand(length, generator: generator);
                    return parameter;
                })];
                using optim.Optimizer optimizer = Create(name, [.. parameters, parameters[1]]);
                for (int step = 0; step < 3; step++)
                    Assert.True(optimizer.ClipAndStep(1.0).Clipped);
                results.Add([.. parameters.SelectMany(parameter => parameter.detach().data<float>().ToArray())]);
                Assert.True(optimizer.ClipAndStep(1.0, zeroGradients: true).Clipped);
                Assert.All(parameters, parameter => Assert.Equal(0, parameter.grad!.abs().sum().ToDouble()));
            }

            Assert.Equal(results[0], results[1]);
            Assert.Equal(results[0], results[2]);
        }
        finally
        {
            GradientThreads.Maximum = threads;
        }
    }

    [Fact]
    public async Task Threads_step_their_own_models()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await Task.WhenAll(Enumerable.Range(1, 4).Select(thread => Task.Run(
            () =>
            {
                using DisposeScope scope = NewDisposeScope();
                Parameter[] parameters = [.. Enumerable.Range(0, 20).Select(_ => WithGradient(full(64, (float)thread)))];
                using var optimizer = new SGD(parameters, 0.5);
                for (int i = 0; i < 100; i++)
                    AssertClose(thread * Math.Sqrt(20 * 64), optimizer.ClipAndStep(1.0).TotalNorm);
                AssertClose(-50 / Math.Sqrt(20 * 64), parameters[3][5].ToDouble(), 1e-4);
            },
            cancellation)));
    }

    [Fact]
    public void Parameters_that_are_enumerated_may_be_stepped_while_others_are()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter inner = WithGradient(3, 4);
        Parameter outer = WithGradient(6, 8);
        using var innerOptimizer = new SGD([inner], 1);
        bool steps = false;
        IEnumerable<Parameter> Enumerate()
        {
            if (steps)
                innerOptimizer.ClipAndStep(1.0);
            yield return outer;
        }

        using var optimizer = new SGD(Enumerate(), 1);
        steps = true;
        Assert.Equal(10, optimizer.ClipAndStep(5.0).TotalNorm);
        AssertClose([-0.6, -0.8], [.. inner.detach().to(ScalarType.Float64).data<double>()]);
        AssertClose([-3, -4], [.. outer.detach().to(ScalarType.Float64).data<double>()]);
    }

    private static optim.Optimizer Create(string name, IEnumerable<Parameter> parameters) => name switch
    {
        "AdamW" => new AdamW(parameters, 0.01, amsgrad: true),
        "Adam" => new Adam(parameters, 0.01),
        "SGD" => new SGD(parameters, 0.01, momentum: 0.9),
        "RMSProp" => new RMSProp(parameters, 0.01, momentum: 0.9, centered: false),
        _ => new NAdam(parameters, 0.01),
    };

    private static void FinalizeOthers()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}

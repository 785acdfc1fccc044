using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests;

/// <summary>A call disposes everything that it creates, for all kinds of gradients.</summary>
public sealed class LifetimeTests : TorchTests
{
    private static readonly string[] DenseAndOther = ["float", "bfloat16", "transposed", "gaps", "expanded", "sparse"];

    public static TheoryData<string> Kinds => [.. DenseAndOther, "NaN"];

    [Fact]
    public void Training_keeps_neither_tensors_nor_native_memory()
    {
        const int Steps = 200;
        using nn.Module<Tensor, Tensor> model = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 8));
        using optim.Optimizer optimizer = optim.AdamW(model.parameters(), 1e-3);
        Parameter[] parameters = [.. model.parameters()];
        var memory = new GradientMemory();
        void Train(int steps)
        {
            for (int step = 0; step < steps; step++)
            {
                using DisposeScope scope = NewDisposeScope();
                foreach (Parameter parameter in parameters)
                    parameter.grad = memory.Zeros(parameter.shape);

                // The backward pass adds to existing gradients.
                nn.functional.mse_loss(model.call(randn(16, 32)), zeros(16, 8)).backward();
                Assert.True(TorchGradients.ClipNorm(parameters, 1e-3).Clipped);
                Assert.True(TorchGradients.ClipNorm(model, 1e-4).Clipped);
                optimizer.step();
                foreach (Parameter parameter in parameters)
                    parameter.grad = null;
            }
        }

        Train(1);
        FinalizeOthers();
        long tensors = Tensor.TotalCount;
        Train(Steps);
        Assert.Equal(tensors, Tensor.TotalCount);
        Assert.Equal((Steps + 1) * parameters.Length, memory.Allocated);
        Assert.Equal(0, memory.CountHeld());
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Every_kind_of_gradient_is_released(string kind)
    {
        const int Rounds = 20;
        var memory = new GradientMemory();
        Parameter[] parameters = [.. Enumerable.Range(0, Rounds + 1).Select(_ => LayoutTests.Of(kind, memory))];
        void Clip(Parameter parameter)
        {
            try
            {
                TorchGradients.ClipNorm([parameter, parameter], 0.5);
                TorchGradients.ClipValue([parameter], 0.01);
                TorchGradients.Norm([parameter], 3);
            }
            catch (NonFiniteGradientException)
            {
                Assert.Equal("NaN", kind);
            }
        }

        Assert.Equal(Rounds + 1, memory.CountHeld());
        Clip(parameters[0]);
        FinalizeOthers();
        long tensors = Tensor.TotalCount;
        foreach (Parameter parameter in parameters.Skip(1))
            Clip(parameter);
        Assert.Equal(tensors, Tensor.TotalCount);
        foreach (Parameter parameter in parameters)
            parameter.Dispose();
        Assert.Equal(0, memory.CountHeld());
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_native_handle_that_is_kept_is_counted(string kind)
    {
        var memory = new GradientMemory();
        using (Parameter parameter = LayoutTests.Of(kind, memory))
        {
            using Tensor? kept = parameter.grad;
            parameter.grad = null;
            Assert.Equal(1, memory.CountHeld());
        }

        Assert.Equal(0, memory.CountHeld());
    }

    [Fact]
    public void The_callers_disposal_scope_sees_nothing()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters =
            [.. DenseAndOther.Select(kind => LayoutTests.Of(kind))];
        TorchGradients.ClipNorm(parameters, 1e-3);
        int before = scope.DisposablesCount;
        TorchGradients.ClipNorm(parameters, 1e-6);
        TorchGradients.ClipValue(parameters, 1e-8);
        Assert.Equal(before, scope.DisposablesCount);
    }

    [Fact]
    public void Gradients_that_are_null_or_of_frozen_parameters_are_passed_over()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter clipped = WithGradient(3, 4);
        Parameter without = new(zeros(2));
        Parameter frozen = WithGradient(30, 40);
        frozen.requires_grad = false;
        Assert.Equal(5, TorchGradients.ClipNorm([without, clipped, frozen, null!], 1.0).TotalNorm);
        AssertClose([0.6, 0.8], Gradient(clipped));
        Assert.Equal([30, 40], Gradient(frozen));
        Assert.Null(without.grad);
    }

    [Fact]
    public void Set_to_none_leaves_nothing_to_clip_until_the_next_backward_pass()
    {
        using DisposeScope scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> model = nn.Linear(4, 4);
        model.call(ones(2, 4)).sum().backward();
        Assert.True(TorchGradients.ClipNorm(model, 0.1).Clipped);
        model.zero_grad();
        Assert.Equal(0, TorchGradients.Norm(model));
        model.call(ones(2, 4)).sum().backward();
        Assert.True(TorchGradients.ClipNorm(model, 0.1).Clipped);
    }

    [Fact]
    public void Tied_parameters_count_and_are_scaled_once()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (string kind in (string[])["float", "bfloat16", "gaps", "sparse", "expanded"])
        {
            Parameter once = LayoutTests.Of(kind);
            Parameter twice = LayoutTests.Of(kind);
            double norm = TorchGradients.ClipNorm([once], 0.5).TotalNorm;
            Assert.Equal(norm, TorchGradients.ClipNorm([twice, twice], 0.5).TotalNorm);
            Assert.Equal(Gradient(once), Gradient(twice));
        }
    }

    [Fact]
    public async Task Threads_clip_their_own_models()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await Task.WhenAll(Enumerable.Range(1, 4).Select(thread => Task.Run(
            () =>
            {
                using DisposeScope scope = NewDisposeScope();
                for (int i = 0; i < 200; i++)
                {
                    Parameter[] parameters = [.. Enumerable.Range(0, 50).Select(_ => WithGradient(full(64, (float)thread)))];
                    AssertClose(thread * Math.Sqrt(50 * 64), TorchGradients.ClipNorm(parameters, 1.0).TotalNorm);
                    AssertClose(1, TorchGradients.Norm(parameters));
                }
            },
            cancellation)));
    }

    [Fact]
    public void Parameters_that_are_enumerated_may_be_clipped_while_others_are()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter inner = WithGradient(3, 4);
        Parameter outer = WithGradient(6, 8);
        IEnumerable<Parameter> Enumerate()
        {
            TorchGradients.ClipNorm([inner], 1.0);
            yield return outer;
        }

        Assert.Equal(10, TorchGradients.ClipNorm(Enumerate(), 5.0).TotalNorm);
        AssertClose([0.6, 0.8], Gradient(inner));
        AssertClose([3, 4], Gradient(outer));
    }

    [Fact]
    public void A_clip_of_an_array_allocates_nothing()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = [.. Enumerable.Range(0, 100).Select(_ => WithGradient(ones(16)))];
        double limit = 1;
        TorchGradients.ClipNorm(parameters, limit);

        // The runtime may allocate when it recompiles code. An allocation of the call itself occurs in every round.
        long least = long.MaxValue;
        for (int i = 0; i < 10; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            ClipResult result = TorchGradients.ClipNorm(parameters, limit /= 2);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.True(result.Clipped);
        }

        Assert.Equal(0, least);
    }

    // Finalizes the tensors of earlier tests, so that they do not change the count later.
    private static void FinalizeOthers()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}

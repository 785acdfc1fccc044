using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests;

/// <summary>Nothing that is created outlives a call, whatever the gradients are.</summary>
public sealed class LifetimeTests : TorchTests
{
    [Fact]
    public void Thousands_of_training_steps_keep_neither_tensors_nor_memory()
    {
        using nn.Module<Tensor, Tensor> model = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 8));
        using optim.Optimizer optimizer = optim.AdamW(model.parameters(), 1e-3);
        Parameter[] parameters = [.. model.parameters()];
        void Train(int steps)
        {
            for (int step = 0; step < steps; step++)
            {
                using DisposeScope scope = NewDisposeScope();
                optimizer.zero_grad();
                nn.functional.mse_loss(model.call(randn(16, 32)), zeros(16, 8)).backward();
                TorchGradients.ClipNorm(parameters, 1e-3);
                TorchGradients.ClipNorm(model, 1e-4);
                optimizer.step();
            }
        }

        Train(100);
        FinalizeOthers();
        long tensors = Tensor.TotalCount;
        long memory = ResidentMemory();
        Train(3000);
        Assert.Equal(tensors, Tensor.TotalCount);

        // A handle of a gradient that is kept keeps 10 KiB a step: 4 × 3000 of them are far above what the allocator's own moods make.
        Assert.InRange(ResidentMemory() - memory, long.MinValue, 16 << 20);
    }

    [Theory]
    [InlineData("float")]
    [InlineData("bfloat16")]
    [InlineData("transposed")]
    [InlineData("gaps")]
    [InlineData("expanded")]
    [InlineData("sparse")]
    [InlineData("NaN")]
    public void Every_kind_of_gradient_is_let_go_of(string kind)
    {
        using Parameter parameter = LayoutTests.Of(kind);
        void Clip()
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

        Clip();
        FinalizeOthers();
        long tensors = Tensor.TotalCount;
        for (int i = 0; i < 100; i++)
            Clip();
        Assert.Equal(tensors, Tensor.TotalCount);
    }

    [Fact]
    public void The_callers_disposal_scope_sees_nothing()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters =
            [.. new[] { "float", "bfloat16", "transposed", "gaps", "expanded", "sparse" }.Select(LayoutTests.Of)];
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
        TorchGradients.ClipNorm(parameters, 1.0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        TorchGradients.ClipNorm(parameters, 0.5);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    // Tensors that earlier tests left behind must not be counted now and be gone later.
    private static void FinalizeOthers()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static long ResidentMemory()
    {
        FinalizeOthers();
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}

using TorchCharLstm;
using TorchSharp;
using TorchSharp.Modules;
using Xunit.Sdk;
using Xunit.v3;

// The process has one libtorch, with one count of tensors, so tests do not run in parallel.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace ClipGen.Torch.Tests;

/// <summary>Tests that use libtorch. If it cannot be loaded, they fail with a message that says what to install.</summary>
public abstract class TorchTests
{
    protected TorchTests()
    {
        Assert.True(Libtorch.WhyNot is null, Libtorch.WhyNot);
        torch.random.manual_seed(1);
    }

    /// <summary>A parameter with a gradient.</summary>
    protected static Parameter WithGradient(torch.Tensor gradient, bool sameType = true)
    {
        var parameter = new Parameter(torch.zeros(gradient.shape, sameType ? gradient.dtype : torch.ScalarType.Float32));
        parameter.grad = gradient;
        return parameter;
    }

    protected static Parameter WithGradient(params float[] gradient) => WithGradient(torch.tensor(gradient));

    /// <summary>Returns the elements of the gradient in double.</summary>
    protected static double[] Gradient(Parameter parameter)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor gradient = parameter.grad!.detach();
        if (gradient.is_sparse)
            gradient = gradient.to_dense();
        return [.. gradient.to(torch.ScalarType.Float64).contiguous().data<double>()];
    }

    protected static void AssertClose(double expected, double actual, double relative = 1e-6)
    {
        // Without this, every value would be within the tolerance of infinity.
        bool isClose = expected.Equals(actual)
            || (double.IsFinite(expected) && Math.Abs(actual - expected) <= relative * Math.Abs(expected));
        Assert.True(isClose, $"{actual:R} instead of {expected:R}");
    }

    protected static void AssertClose(
        IReadOnlyList<double> expected, IReadOnlyList<double> actual, double relative = 1e-6, double absolute = 0)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            if (!(Math.Abs(actual[i] - expected[i]) <= absolute))
                AssertClose(expected[i], actual[i], relative);
        }
    }
}

using ClipGen.Torch.Gathering;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests;

/// <summary>
/// If the native functions of TorchSharp are not the expected ones, its public properties are used instead, with the same results.
/// </summary>
public sealed class GradientFinderTests : TorchTests
{
    private static readonly string[] Kinds = ["float", "double", "half", "bfloat16", "offset", "transposed", "gaps", "expanded", "sparse",
        "scalar"];

    [Fact]
    public void Native_functions_are_called_only_where_TorchSharp_declares_them_the_same_way()
    {
        Assert.True(NativeTensor.IsUsable);
        Assert.True(NativeTensor.IsDeclared("THSTensor_grad", typeof(nint)));
        Assert.False(NativeTensor.IsDeclared("THSTensor_grad", typeof(long)));
        Assert.False(NativeTensor.IsDeclared("THSTensor_is_sparse", typeof(int)));
        Assert.False(NativeTensor.IsDeclared("THSTensor_clip_grad_norm_", typeof(double)));
        Assert.False(NativeTensor.IsDeclared("THSTensor_gradient", typeof(nint)));
    }

    [Fact]
    public void Properties_find_the_same_gradients_and_keep_nothing()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] native = [.. Kinds.Select(LayoutTests.Of), new(zeros(2)), Frozen()];
        Parameter[] managed = [.. Kinds.Select(LayoutTests.Of), new(zeros(2)), Frozen()];
        ClipResult expected = TorchGradients.ClipNorm([.. native, native[0], native[3], native[8]], 0.5);
        ClipResult expectedClamp = TorchGradients.ClipValue(native, 0.05);
        GradientFinder.AsksNatively = false;
        try
        {
            ClipResult result = TorchGradients.ClipNorm([.. managed, managed[0], managed[3], managed[8]], 0.5);
            AssertClose(expected.TotalNorm, result.TotalNorm);
            AssertClose(expected.Scale, result.Scale);
            AssertClose(expectedClamp.TotalNorm, TorchGradients.ClipValue(managed, 0.05).TotalNorm);
            for (int i = 0; i < Kinds.Length; i++)
                AssertClose(Gradient(native[i]), Gradient(managed[i]));

            // Expanded and sparse gradients are always replaced by new ones.
            Parameter[] inPlace = [.. managed.Where((_, i) => i >= Kinds.Length || Kinds[i] is not ("expanded" or "sparse"))];
            int registered = scope.DisposablesCount;
            long tensors = Tensor.TotalCount;
            for (int i = 0; i < 20; i++)
                TorchGradients.ClipNorm(inPlace, 1e-3 / (i + 1));
            Assert.Equal(tensors, Tensor.TotalCount);
            Assert.Equal(registered, scope.DisposablesCount);
        }
        finally
        {
            GradientFinder.AsksNatively = true;
        }
    }

    private static Parameter Frozen()
    {
        Parameter parameter = WithGradient(30, 40);
        parameter.requires_grad = false;
        return parameter;
    }
}

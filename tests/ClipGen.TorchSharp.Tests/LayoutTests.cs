using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests;

/// <summary>Gradients that are not one block of memory give the same result as a dense copy.</summary>
public sealed class LayoutTests : TorchTests
{
    private static readonly string[] Kinds = ["float", "double", "half", "bfloat16", "offset", "transposed", "transposed bfloat16",
        "channels last", "gaps", "wide gaps", "expanded", "sparse", "scalar"];

    /// <summary>Returns a parameter whose gradient has the given layout. The elements are always the same.</summary>
    internal static Parameter Of(string kind) => Of(kind, elements => elements);

    /// <summary>
    /// Returns the same parameter with counted memory, for layouts with float or bfloat16 elements. Only the gradient has a handle of it.
    /// </summary>
    internal static Parameter Of(string kind, GradientMemory memory)
    {
        using DisposeScope scope = NewDisposeScope();
        return (Parameter)Of(kind, memory.Copy).MoveToOuterDisposeScope();
    }

    // The function creates the tensor of which the layout is a view.
    private static Parameter Of(string kind, Func<Tensor, Tensor> make)
    {
        random.manual_seed(5);
        return kind switch
        {
            "float" => WithGradient(make(randn(6, 8))),
            "double" => WithGradient(randn([6, 8], ScalarType.Float64)),
            "half" => WithGradient(randn(6, 8).to(ScalarType.Float16)),
            "bfloat16" => WithGradient(make(randn(6, 37).to(ScalarType.BFloat16))),
            "offset" => WithGradient(make(randn(9, 8)).slice(0, 2, 8, 1)),
            "transposed bfloat16" => WithGradient(make(randn(37, 6).to(ScalarType.BFloat16)).t()),
            "transposed" => WithGradient(make(randn(8, 6)).t()),
            "channels last" => WithGradient(make(randn(2, 4, 5, 3)).permute(0, 3, 1, 2)),
            "gaps" => WithGradient(make(randn(6, 16)).slice(1, 0, 16, 2)),
            "wide gaps" => WithGradient(make(randn([16, 6], ScalarType.BFloat16)).slice(0, 0, 16, 3)),
            "expanded" => WithGradient(make(randn(1, 8)).expand(6, 8)),
            "sparse" => WithGradient(
                sparse_coo_tensor(tensor(new long[,] { { 3, 0, 3 } }), make(randn(3, 4)), [6, 4])),
            "scalar" => WithGradient(make(tensor(3.5f))),
            _ => WithGradient(make(tensor(new[] { 1f, float.NaN }))),
        };
    }

    public static TheoryData<string, double> KindsAndOrders()
    {
        var cases = new TheoryData<string, double>();
        foreach (string kind in Kinds)
        {
            foreach (double order in (double[])[0.5, 1, 2, 3, double.PositiveInfinity])
                cases.Add(kind, order);
        }

        return cases;
    }

    [Theory, MemberData(nameof(KindsAndOrders))]
    public void Norms_scales_and_clamps_as_a_dense_copy(string kind, double order)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter other = WithGradient(1, 2);
        Parameter layout = Of(kind);
        Parameter dense = WithGradient(tensor(Gradient(layout)));
        Parameter otherDense = WithGradient(tensor(new double[] { 1, 2 }));
        double rounding = layout.grad!.dtype switch { ScalarType.BFloat16 => 1.0 / 128, ScalarType.Float16 => 1.0 / 1024, _ => 1e-6 };

        AssertClose(TorchGradients.Norm([dense, otherDense], order), TorchGradients.Norm([layout, other], order));
        foreach (ClipScope clipScope in (ClipScope[])[ClipScope.Global, ClipScope.PerParameter])
        {
            ClipResult expected = TorchGradients.ClipNorm([dense, otherDense], 0.7, order, scope: clipScope);
            ClipResult result = TorchGradients.ClipNorm([layout, other], 0.7, order, scope: clipScope);
            AssertClose(expected.TotalNorm, result.TotalNorm, rounding);
            AssertClose(expected.Scale, result.Scale, rounding);
            AssertClose(Gradient(dense), Gradient(layout), 2 * rounding);
            AssertClose(Gradient(otherDense), Gradient(other), 2 * rounding);
        }

        double limit = 0.5 * TorchGradients.Norm([dense], double.PositiveInfinity);
        TorchGradients.ClipValue([dense, otherDense], limit);
        Assert.True(TorchGradients.ClipValue([layout, other], limit).Clipped);
        AssertClose(Gradient(dense), Gradient(layout), 2 * rounding);
    }

    [Fact]
    public void Small_gradients_of_every_layout_stay_as_they_are()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (string kind in Kinds)
        {
            Parameter layout = Of(kind);
            double[] before = Gradient(layout);
            Assert.False(TorchGradients.ClipNorm([layout], 1e6).Clipped);
            Assert.False(TorchGradients.ClipValue([layout], 1e6).Clipped);
            Assert.Equal(before, Gradient(layout));
        }
    }

    [Fact]
    public void A_sparse_gradient_stays_sparse()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter sparse = Of("sparse");
        Assert.True(TorchGradients.ClipNorm([sparse], 0.1).Clipped);
        Assert.True(sparse.grad!.is_sparse);
        AssertClose(0.1, TorchGradients.Norm([sparse]));
    }

    [Fact]
    public void Transposed_gradients_are_scaled_in_place()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor memory = ones(3, 4);
        Parameter parameter = WithGradient(memory.t());
        TorchGradients.ClipNorm([parameter], Math.Sqrt(12) / 2);
        Assert.All(memory.data<float>(), element => AssertClose(0.5, element));
    }

    [Fact]
    public void Sparse_embeddings_are_clipped_in_training()
    {
        using DisposeScope scope = NewDisposeScope();
        using Embedding embedding = nn.Embedding(50, 4, sparse: true);
        embedding.call(tensor(new long[] { 3, 3, 7 })).sum().backward();
        Assert.True(embedding.weight!.grad!.is_sparse);
        ClipResult result = TorchGradients.ClipNorm(embedding, 1.0);
        AssertClose(Math.Sqrt((4 * 4) + 4), result.TotalNorm);
        AssertClose(1, TorchGradients.Norm(embedding));
    }

    [Fact]
    public void Complex_gradients_are_scaled_by_their_magnitudes()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter parameter = WithGradient(complex(tensor(new[] { 3f, 0f }), tensor(new[] { 4f, 12f })));
        AssertClose(13, TorchGradients.ClipNorm([parameter], 1.0).TotalNorm);
        AssertClose(1, TorchGradients.Norm([parameter]));
    }
}

using ClipGen;
using MathNet.Numerics.LinearAlgebra;

[assembly: GradientSource(typeof(Matrix<>), nameof(Matrix<float>.AsColumnMajorArray))]
[assembly: GradientSource(typeof(Vector<>), nameof(Vector<float>.AsArray))]

namespace ClipGen.Tests.Arguments;

/// <summary>Matrices of a library that exposes the array with their elements, as in the documentation.</summary>
public sealed class ThirdPartyMatrixTests
{
    [Fact]
    public void Dense_matrices_in_a_model_are_clipped_in_place()
    {
        var model = new MatrixModel();
        model.DW[0, 1] = 3;
        model.DB[2] = 4;
        model.W[0, 0] = 100;

        ClipResult result = model.ClipGradients();

        Assert.Equal(5, result.TotalNorm);
        Assert.Equal((1.5f, 2.0), (model.DW[0, 1], model.DB[2]));
        Assert.Equal(100, model.W[0, 0]);
    }

    [Fact]
    public void Their_arrays_are_arguments()
    {
        Matrix<double> dW = Matrix<double>.Build.Dense(2, 3);
        Vector<float> dB = Vector<float>.Build.Dense(3);
        dW[1, 2] = 3;
        dB[0] = 4;

        Assert.Equal(5, Gradients.ClipNorm(2.5, dW.AsColumnMajorArray(), dB.AsArray()).TotalNorm);
        Assert.Equal((1.5, 2f), (dW[1, 2], dB[0]));
    }

    [Fact]
    public void Matrices_that_are_not_dense_hand_out_nothing()
    {
        Matrix<double> sparse = Matrix<double>.Build.Sparse(2, 2);
        sparse[0, 0] = 3;

        Assert.Equal(0, Gradients.Norm(sparse.AsColumnMajorArray()));
    }
}

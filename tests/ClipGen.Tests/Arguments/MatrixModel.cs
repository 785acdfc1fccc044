using MathNet.Numerics.LinearAlgebra;

namespace ClipGen.Tests.Arguments;

/// <summary>A model whose gradients are matrices and vectors of another library.</summary>
[ClipGradNorm(2.5)]
internal sealed partial class MatrixModel
{
    [ClipIgnore] internal readonly Matrix<float> W = Matrix<float>.Build.Dense(2, 3);
    internal readonly Matrix<float> DW = Matrix<float>.Build.Dense(2, 3);
    internal readonly Vector<double> DB = Vector<double>.Build.Dense(3);
}

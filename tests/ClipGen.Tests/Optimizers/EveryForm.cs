using System.Numerics.Tensors;
using ClipGen;

[assembly: GradientSource(typeof(ClipGen.Tests.Optimizers.Weight), nameof(ClipGen.Tests.Optimizers.Weight.Grad),
    Parameters = [nameof(ClipGen.Tests.Optimizers.Weight.Value)])]

#pragma warning disable IDE0052 // Generated code reads what no other code does.

namespace ClipGen.Tests.Optimizers;

/// <summary>A type of another library that holds a parameter and its gradient.</summary>
internal sealed class Weight(int length)
{
    public float[] Value { get; } = new float[length];

    public float[] Grad { get; } = new float[length];
}

/// <summary>A layer that other types derive from and hold.</summary>
internal partial class Layer
{
    [Parameter(Gradient = nameof(_dBias), WeightDecay = false, LearningRateScale = 0.5)] private readonly float[] _bias = new float[3];
    private readonly float[] _dBias = new float[3];
}

internal sealed partial class WideLayer : Layer
{
    [Parameter(Gradient = nameof(_dW))] private readonly double[] _w = new double[17];
    private readonly double[] _dW = new double[17];
}

/// <summary>Parameters and gradients in every form that a member can have.</summary>
[ClipGradNorm(1.0)]
internal sealed partial class EveryForm
{
    [Parameter(Gradient = nameof(_dArray))] private readonly float[] _array = new float[5];
    private readonly float[] _dArray = new float[5];
    [Parameter(Gradient = nameof(_dMatrix))] private readonly float[,] _matrix = new float[3, 4];
    private readonly float[,] _dMatrix = new float[3, 4];
    [Parameter(Gradient = nameof(_dMemory))] private readonly Memory<float> _memory = new float[6];
    private readonly Memory<float> _dMemory = new float[6];
    [Parameter(Gradient = nameof(_dSegment))] private readonly ArraySegment<double> _segment = new(new double[9], 2, 5);
    private readonly ArraySegment<double> _dSegment = new(new double[9], 1, 5);
    [Parameter(Gradient = nameof(_dHalf))] private readonly Half[] _half = new Half[7];
    private readonly Half[] _dHalf = new Half[7];
    [Parameter(Gradient = nameof(_dTensor))] private readonly Tensor<float> _tensor = Tensor.CreateFromShape<float>([2, 3]);
    private readonly Tensor<float> _dTensor = Tensor.CreateFromShape<float>([2, 3]);
    [Parameter(Gradient = nameof(_dJagged), WeightDecay = false)] private readonly float[][] _jagged = [new float[2], new float[300]];
    private readonly float[][] _dJagged = [new float[2], new float[300]];
    [Parameter(Gradient = nameof(_dDeep))] private readonly List<float[][]> _deep = [[new float[2]], [new float[3], new float[4]]];
    private readonly List<float[][]> _dDeep = [[new float[2]], [new float[3], new float[4]]];
    [Parameter(Gradient = nameof(_dNamed))]
    private readonly Dictionary<string, float[]> _named = new() { ["b"] = new float[2], ["a"] = new float[3] };
    private readonly Dictionary<string, float[]> _dNamed = new() { ["a"] = new float[3], ["b"] = new float[2] };
    [Parameter(Gradient = nameof(_dPair))] private readonly (float[] W, float[] B) _pair = (new float[4], new float[1]);
    private readonly (float[] W, float[] B) _dPair = (new float[4], new float[1]);
    private readonly Weight _weight = new(8);
    private readonly Weight[] _weights = [new(2), new(3)];
    private readonly Layer _layer = new();
    private readonly Layer[] _layers = [new WideLayer(), new Layer()];
}

using ClipGen;

namespace NativeAot;

/// <summary>A fully connected layer. The length of its weights is known at run time, that of its biases at compile time.</summary>
internal sealed partial class Layer
{
    private const int Outputs = 24;

    [Parameter(Gradient = nameof(_weightGradient))]
    private readonly float[] _weight;
    private readonly float[] _weightGradient;

    [Parameter(Gradient = nameof(_biasGradient))]
    private readonly float[] _bias = new float[Outputs];
    private readonly float[] _biasGradient = new float[Outputs];

    private readonly int _inputs;
    private readonly float[] _output = new float[Outputs];

    public Layer(int inputs)
    {
        _inputs = inputs;
        _weight = new float[Outputs * inputs];
        _weightGradient = new float[Outputs * inputs];
        for (int i = 0; i < _weight.Length; i++)
        {
            _weight[i] = ((i * 37 % 101) - 50) / 100f;
        }
    }

    /// <summary>The activations, rectified.</summary>
    public float[] Forward(float[] input)
    {
        for (int row = 0; row < Outputs; row++)
        {
            float sum = _bias[row];
            for (int column = 0; column < _inputs; column++)
            {
                sum += _weight[(row * _inputs) + column] * input[column];
            }

            _output[row] = Math.Max(sum, 0);
        }

        return _output;
    }

    /// <summary>Writes the gradients of weights and biases, and returns that of the input.</summary>
    public float[] Backward(float[] input, float[] outputGradient)
    {
        var inputGradient = new float[_inputs];
        for (int row = 0; row < Outputs; row++)
        {
            float gradient = _output[row] > 0 ? outputGradient[row] : 0;
            _biasGradient[row] = gradient;
            for (int column = 0; column < _inputs; column++)
            {
                _weightGradient[(row * _inputs) + column] = gradient * input[column];
                inputGradient[column] += gradient * _weight[(row * _inputs) + column];
            }
        }

        return inputGradient;
    }

    public void Step(float learningRate)
    {
        Descent.Step(_weight, _weightGradient, learningRate);
        Descent.Step(_bias, _biasGradient, learningRate);
    }
}

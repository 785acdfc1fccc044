using ClipGen;

namespace NativeAot;

/// <summary>
/// Two layers and a sum. Its gradients have different forms: in layers, short, and of another type.
/// </summary>
[ClipGradNorm(1.0)]
internal sealed partial class Network
{
    public const int Inputs = 48;
    private const int Hidden = 24;

    private readonly Layer[] _layers = [new(Inputs), new(Hidden)];

    [Parameter(Gradient = nameof(_headGradient))]
    private readonly float[] _head = new float[Hidden];
    private readonly float[] _headGradient = new float[Hidden];

    [Gradient] private readonly double[] _offsetGradient = new double[1];
    private double _offset = 0.5;

    public Network() => _head.AsSpan().Fill(0.5f);

    /// <summary>Writes the gradients of half the squared error.</summary>
    public void Backward(float[] input, float target)
    {
        float[] first = _layers[0].Forward(input);
        float[] second = _layers[1].Forward(first);
        float error = (float)_offset - target;
        for (int i = 0; i < Hidden; i++)
        {
            error += _head[i] * second[i];
        }

        var gradient = new float[Hidden];
        _offsetGradient[0] = error;
        for (int i = 0; i < Hidden; i++)
        {
            _headGradient[i] = error * second[i];
            gradient[i] = error * _head[i];
        }

        _layers[0].Backward(input, _layers[1].Backward(first, gradient));
    }

    public void Step(float learningRate)
    {
        foreach (Layer layer in _layers)
        {
            layer.Step(learningRate);
        }

        Descent.Step(_head, _headGradient, learningRate);
        _offset -= learningRate * _offsetGradient[0];
    }

    /// <summary>A hash of the bits of all gradients.</summary>
    public ulong GradientBits()
    {
        var bits = new GradientBits();
        VisitGradients(ref bits);
        return bits.Hash;
    }
}

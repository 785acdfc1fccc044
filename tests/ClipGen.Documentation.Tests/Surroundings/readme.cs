// The rest of the network in the README, and its training data.

global using ClipGen;
global using static Surroundings;

internal static class Surroundings
{
    public static readonly CharLstm model = new();

    public static readonly string[] batches = ["to be", "or not to be"];
}

public sealed partial class CharLstm
{
    [BackwardPass]
    public void Backward(string text)
    {
        for (int i = 0; i < _dWx.Length; i++)
        {
            _dWx[i] += text.Length;
        }
    }

    [OptimizerStep]
    public void Step(float learningRate)
    {
        for (int i = 0; i < _wx.Length; i++)
        {
            _wx[i] -= learningRate * _dWx[i];
        }
    }
}

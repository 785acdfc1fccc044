namespace NativeAot;

/// <summary>Inputs and targets for a network, the same on every machine.</summary>
internal sealed class Examples(uint seed)
{
    private uint _state = seed;

    /// <summary>The next input, and its target: the difference between the sums of its two halves.</summary>
    public (float[] Input, float Target) Next()
    {
        var input = new float[Network.Inputs];
        float target = 0;
        for (int i = 0; i < input.Length; i++)
        {
            // The generator of "Numerical Recipes". The upper bits have the better quality.
            _state = (1664525 * _state) + 1013904223;
            input[i] = ((_state >> 8) / (float)(1 << 23)) - 1;
            target += i < input.Length / 2 ? input[i] : -input[i];
        }

        return (input, target);
    }
}

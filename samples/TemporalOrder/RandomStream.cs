using System.Numerics;

namespace TemporalOrder;

/// <summary>
/// A stream of random numbers (xoshiro256**, Blackman and Vigna 2018). Unlike <see cref="Random"/>, whose algorithm may change
/// with the runtime, the same seeds give the same experiment everywhere.
/// </summary>
public sealed class RandomStream
{
    private ulong _s0, _s1, _s2, _s3;

    /// <summary>
    /// Every list of seeds has its own stream, so that the draws of one part of a trial do not affect those of another.
    /// </summary>
    public RandomStream(params ReadOnlySpan<int> seeds)
    {
        ulong state = 0;
        foreach (int seed in seeds)
        {
            state = SplitMix(state + (uint)seed);
        }

        _s0 = SplitMix(state);
        _s1 = SplitMix(_s0);
        _s2 = SplitMix(_s1);
        _s3 = SplitMix(_s2);
    }

    /// <summary>An integer from 0 to <paramref name="count"/> − 1, all equally likely.</summary>
    public int Below(int count) => (int)(((Next() >> 32) * (ulong)count) >> 32);

    /// <summary>A draw from the normal distribution with mean 0 and variance 1 (Box and Muller 1958).</summary>
    public double Gaussian() => Math.Sqrt(-2 * Math.Log(1 - Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    private double Uniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    private ulong Next()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    private static ulong SplitMix(ulong state)
    {
        ulong mixed = state + 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}

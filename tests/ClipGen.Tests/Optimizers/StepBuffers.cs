using ClipGen.Optimizers.Kernels;

namespace ClipGen.Tests.Optimizers;

/// <summary>The constants of all buffers of a step.</summary>
internal static class StepBuffers
{
    internal const int StateCount = 3;
}

/// <summary>
/// A gradient, a parameter and states with random values, at random alignments in arrays whose other elements must not change.
/// </summary>
internal sealed class StepBuffers<T, TState>
    where T : unmanaged
    where TState : unmanaged
{
    private const int Guard = 17;

    private readonly Random _random;
    private readonly Converter<double, T> _convert;
    private readonly int _length;
    private readonly int[] _offsets;
    private readonly T[] _gradient;
    private readonly T[] _parameter;
    private readonly TState[][] _states;
    private readonly Array[] _before;

    internal StepBuffers(int length, Converter<double, T> convert)
    {
        _random = new Random(length);
        _convert = convert;
        _length = length;
        _offsets = [.. Enumerable.Range(0, 2 + StepBuffers.StateCount).Select(_ => _random.Next(0, Guard))];
        _gradient = NextArray();
        _parameter = NextArray();
        _states = [.. Enumerable.Range(0, StepBuffers.StateCount).Select(_ => new TState[length + (2 * Guard)])];
        _before = [.. new Array[] { _gradient, _parameter }.Concat(_states).Select(array => (Array)array.Clone())];
    }

    internal Span<T> Gradient => _gradient.AsSpan(_offsets[0], _length);

    internal Span<T> Parameter => _parameter.AsSpan(_offsets[1], _length);

    internal Span<TState> State(int index) => _states[index].AsSpan(_offsets[2 + index], _length);

    /// <summary>Fills the gradient with other values, and returns them.</summary>
    internal T[] NextGradient()
    {
        foreach (ref T element in Gradient)
            element = NextGradientElement();
        return Gradient.ToArray();
    }

    internal void Apply(IBufferStep step, in GradientChange change, bool zeroGradients) => Apply(step, change, zeroGradients, 0, _length);

    internal void Apply(IBufferStep step, in GradientChange change, bool zeroGradients, int start, int length) =>
        step.Apply(
            Gradient.Slice(start, length),
            Parameter.Slice(start, length),
            State(0).Slice(start, length),
            State(1).Slice(start, length),
            State(2).Slice(start, length),
            change,
            zeroGradients);

    internal void AssertSameBits(StepBuffers<T, TState> other)
    {
        Exact.AssertSameBits(Parameter.ToArray(), other.Parameter.ToArray());
        for (int i = 0; i < StepBuffers.StateCount; i++)
            Exact.AssertSameBits(State(i).ToArray(), other.State(i).ToArray());
    }

    /// <summary>Asserts that nothing outside the buffers changed.</summary>
    internal void AssertGuards()
    {
        Array[] now = [_gradient, _parameter, .. _states];
        for (int i = 0; i < now.Length; i++)
        {
            long[] before = Exact.Bits(_before[i]);
            long[] after = Exact.Bits(now[i]);
            Assert.Equal(before[.._offsets[i]], after[.._offsets[i]]);
            Assert.Equal(before[(_offsets[i] + _length)..], after[(_offsets[i] + _length)..]);
        }
    }

    private T[] NextArray() => [.. Enumerable.Range(0, _length + (2 * Guard)).Select(_ => NextElement())];

    // Far enough from zero that a weight decay never cancels it. Otherwise the update of the small remainder would magnify the rounding
    // error of a float.
    private T NextGradientElement() => _convert((2 + (_random.NextDouble() * 2)) * (_random.Next(2) == 0 ? 1 : -1));

    private T NextElement() => _convert((_random.NextDouble() * 8) - 4);
}

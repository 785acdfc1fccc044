using System.Globalization;
using System.Text;
using ClipGen.Numerics.Kernels;
using ClipGen.Optimizers.Kernels;

namespace ClipGen.Tests.Optimizers;

/// <summary>
/// The bits of the steps of every optimizer, for the comparison of instruction sets in <see cref="Numerics.ReproducibleBitsTests"/>.
/// </summary>
internal static class StepBits
{
    private static readonly int[] Lengths = [.. Enumerable.Range(1, 40), 127, 513, 1025];

    /// <summary>Returns a line for each optimizer with its options.</summary>
    internal static IEnumerable<string> Lines()
    {
        foreach (StepCase stepCase in StepCase.All)
        {
            var line = new StringBuilder($"{stepCase.Name}:");
            foreach (int length in Lengths)
            {
                Append(line, Run<float, float>(stepCase, length, x => (float)x));
                Append(line, Run<double, double>(stepCase, length, x => x));
                Append(line, Run<Half, float>(stepCase, length, x => (Half)x));
            }

            yield return line.ToString();
        }
    }

    private static StepBuffers<T, TState> Run<T, TState>(StepCase stepCase, int length, Converter<double, T> convert)
        where T : unmanaged
        where TState : unmanaged
    {
        var buffers = new StepBuffers<T, TState>(length, convert);
        for (int step = 1; step <= 20; step++)
        {
            buffers.NextGradient();
            GradientChange change = step % 2 == 0
                ? GradientChange.ScaleAndClamp(new ScaleFactor(0.37), 1.1)
                : GradientChange.Scale(new ScaleFactor(step == 5 ? 1e-42 : 1.7));
            buffers.Apply(stepCase.Create(step, maximize: step == 3), change, zeroGradients: false);
        }

        return buffers;
    }

    private static void Append<T, TState>(StringBuilder line, StepBuffers<T, TState> buffers)
        where T : unmanaged
        where TState : unmanaged
    {
        long hash = 17;
        IEnumerable<Array> arrays = Enumerable.Range(0, StepBuffers.StateCount).Select(i => (Array)buffers.State(i).ToArray());
        foreach (long bits in arrays.Prepend(buffers.Parameter.ToArray()).SelectMany(Exact.Bits))
            hash = (hash * 31) + bits;
        line.Append(CultureInfo.InvariantCulture, $" {hash:x}");
    }
}

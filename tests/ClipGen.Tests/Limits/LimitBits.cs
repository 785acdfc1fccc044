using System.Globalization;
using System.Text;
using ClipGen.Numerics;

namespace ClipGen.Tests.Limits;

/// <summary>The bits of runs with adaptive limits: one line for each rule.</summary>
internal static class LimitBits
{
    internal static IEnumerable<string> Lines() =>
    [
        LineOf("AutoClip", ClipRule.AutoClip(10)),
        LineOf("ZClip", ClipRule.ZClip(2.5, warmUpSteps: 4)),
        LineOf("AdaptiveClip", ClipRule.AdaptiveClip(0.01)),
        LineOf("AdaGC", ClipRule.AdaGC(1.05, warmUpSteps: 4)),
    ];

    private static string LineOf(string name, ClipRule rule)
    {
        var line = new StringBuilder($"{name}:");
        LimitRun run = LimitRun.Of(rule);
        var random = new Random(23);
        float[] first = new float[1003];
        float[] second = new float[60];
        float[] weights = [.. first.Select((_, i) => (float)(1 + (i % 7)))];
        for (int step = 0; step < 30; step++)
        {
            // Whole numbers multiplied by powers of two, which are exact on every machine.
            float size = (float)Math.ScaleB(1, random.Next(-4, 4));
            foreach (float[] gradient in new[] { first, second })
            {
                for (int i = 0; i < gradient.Length; i++)
                    gradient[i] = size * random.Next(-500, 500);
            }

            ClipResult result = run.Clip(new WeightedSource((first, weights, 17), (second, weights[..60], 0)));
            line.Append(CultureInfo.InvariantCulture, $" {BitConverter.DoubleToInt64Bits(result.Scale):x}");
            line.Append(CultureInfo.InvariantCulture, $" {BitConverter.DoubleToInt64Bits(result.ExceededLimit):x}");
        }

        long hash = 17;
        foreach (long bits in Exact.Bits(first).Concat(Exact.Bits(second)))
            hash = (hash * 31) + bits;
        return line.Append(CultureInfo.InvariantCulture, $" {hash:x}").ToString();
    }
}

using ClipGen.Numerics;
using ClipGen.Numerics.Kernels;
using ClipGen.Tests.Sources;

namespace ClipGen.Tests.Numerics;

/// <summary>Compares every kernel with simple loops, for every short length, some long odd lengths, and every alignment.</summary>
public sealed class KernelPropertyTests
{
    private static readonly double[] Orders = [1, 2, double.PositiveInfinity, 0.5, 3, 3.5, 0.1, 2.7];

    public static TheoryData<string> ElementTypes => ["float", "double", "Half", "bfloat16"];

    private static IEnumerable<int> Lengths => Enumerable.Range(0, 301).Concat(
        [500, 511, 512, 513, 1023, 1024, 1025, 1087, 2040, 4095, 4096, 4097, 4111, 8191, 12345, (1 << 18) - 1, (1 << 18) + 4099]);

    [Theory]
    [MemberData(nameof(ElementTypes))]
    public void Norms_of_every_length_and_alignment(string type) => ForEach(type, new NormsAreExact());

    [Theory]
    [MemberData(nameof(ElementTypes))]
    public void Scales_of_every_length_and_alignment(string type) => ForEach(type, new ScaleMultipliesEachOnce());

    [Theory]
    [MemberData(nameof(ElementTypes))]
    public void Clamps_of_every_length_and_alignment(string type) => ForEach(type, new ClampIsExact());

    [Theory]
    [MemberData(nameof(ElementTypes))]
    public void Zeros_of_every_length_and_alignment(string type) => ForEach(type, new ZeroClearsEach());

    private static void ForEach(string type, IProperty property)
    {
        switch (type)
        {
            case "float":
                ForEach(property, random => (float)((random.NextDouble() * 8) - 4), Lengths);
                break;
            case "double":
                ForEach(property, random => (random.NextDouble() * 8) - 4, Lengths);
                break;
            case "Half":
                ForEach(property, random => (Half)((random.NextDouble() * 8) - 4), Lengths);
                break;
            default:
                ForEach(property, random => BFloat16.FromDouble((random.NextDouble() * 8) - 4), Lengths);
                break;
        }
    }

    private static void ForEach<T>(IProperty property, Func<Random, T> next, IEnumerable<int> lengths)
        where T : unmanaged
    {
        foreach (int length in lengths)
        {
            int seed = 1000 + length;
            var random = new Random(seed);
            int offset = random.Next(0, 17);
            var array = new T[offset + length + 17];
            for (int i = 0; i < array.Length; i++)
                array[i] = next(random);
            T[] before = [.. array];

            property.Check(array, offset, length, $"Seed {seed}, length {length}, offset {offset}.");

            // Elements outside of the buffer never change.
            Exact.AssertSameBits(before[..offset], array[..offset]);
            Exact.AssertSameBits(before[(offset + length)..], array[(offset + length)..]);
        }
    }

    private interface IProperty
    {
        void Check<T>(T[] array, int offset, int length, string because)
            where T : unmanaged;
    }

    private sealed class NormsAreExact : IProperty
    {
        public void Check<T>(T[] array, int offset, int length, string because)
            where T : unmanaged
        {
            var source = new SliceSource<T>(array, (offset, length));
            double[] elements = Exact.Elements(array[offset..(offset + length)]);
            T[] before = [.. array];
            foreach (double order in length < 5000 ? Orders : Orders[..3])
            {
                double expected = Exact.NormOf(order, elements);
                Exact.AssertClose(expected, GradientOperations.Norm(source, order), typeof(T) == typeof(double) ? 1e-12 : 1e-6,
                    $"Order {order}. {because}");
            }

            Exact.AssertSameBits(before, array);
        }
    }

    private sealed class ScaleMultipliesEachOnce : IProperty
    {
        public void Check<T>(T[] array, int offset, int length, string because)
            where T : unmanaged
        {
            double[] elements = Exact.Elements(array[offset..(offset + length)]);

            // The third factor is a subnormal float. The last one is outside of the range of a float.
            foreach (double factor in new[] { 0.37, 1 / 0.37, 1e-42, 1e42 })
            {
                T[] scaled = [.. array];
                GradientOperations.Scale(new SliceSource<T>(scaled, (offset, length)), factor);
                for (int i = 0; i < length; i++)
                {
                    object expected = Convert<T>(elements[i], factor);
                    if (!expected.Equals(scaled[offset + i]))
                        Assert.Fail($"Element {i} times {factor} is {scaled[offset + i]}, not {expected}. {because}");
                }

                Exact.AssertSameBits(array[..offset], scaled[..offset]);
                Exact.AssertSameBits(array[(offset + length)..], scaled[(offset + length)..]);
            }
        }

        // Ordinary factors are first rounded to the precision of the element, which is float for 16-bit elements.
        private static object Convert<T>(double element, double factor)
        {
            bool isOrdinary = factor is > 1e-37 and < 1e37;
            if (typeof(T) == typeof(double))
                return element * factor;
            if (typeof(T) == typeof(float))
                return isOrdinary ? (float)element * (float)factor : (float)(element * factor);
            if (typeof(T) == typeof(BFloat16))
                return BFloat16.FromDouble(isOrdinary ? (float)element * (float)factor : element * factor);
            return isOrdinary ? (Half)((float)element * (float)factor) : (Half)(element * factor);
        }
    }

    private sealed class ClampIsExact : IProperty
    {
        public void Check<T>(T[] array, int offset, int length, string because)
            where T : unmanaged
        {
            double[] elements = Exact.Elements(array[offset..(offset + length)]);
            foreach (double limit in new[] { 3.9, 1.1, 1e-3 })
            {
                double rounded = typeof(T) == typeof(float) ? (float)limit
                    : typeof(T) == typeof(Half) ? (double)(Half)limit
                    : typeof(T) == typeof(BFloat16) ? BFloat16.FromDouble(limit).ToSingle()
                    : limit;
                T[] clamped = [.. array];

                ClipResult result = GradientOperations.Clip(new SliceSource<T>(clamped, (offset, length)), ClipRule.Value(limit));

                double[] actual = Exact.Elements(clamped[offset..(offset + length)]);
                for (int i = 0; i < length; i++)
                {
                    if (actual[i] != Math.Clamp(elements[i], -rounded, rounded))
                        Assert.Fail($"Element {i}, {elements[i]}, clamped to {limit}, is {actual[i]}. {because}");
                }

                Assert.Equal(elements.Any(x => Math.Abs(x) > rounded), result.Clipped);
                Exact.AssertClose(Exact.NormOf(2, elements), result.TotalNorm, 1e-6, because);
                Exact.AssertSameBits(array[..offset], clamped[..offset]);
                Exact.AssertSameBits(array[(offset + length)..], clamped[(offset + length)..]);
            }
        }
    }

    private sealed class ZeroClearsEach : IProperty
    {
        public void Check<T>(T[] array, int offset, int length, string because)
            where T : unmanaged
        {
            GradientOperations.Zero(new SliceSource<T>(array, (offset, length)));

            Assert.All(Exact.Bits(array[offset..(offset + length)]), bits => Assert.Equal(0, bits));
        }
    }
}

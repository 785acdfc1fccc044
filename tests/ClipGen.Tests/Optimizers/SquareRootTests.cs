using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ClipGen.Optimizers.Kernels;

namespace ClipGen.Tests.Optimizers;

/// <summary>Compares square roots with those of the processor, which IEEE 754 defines to the last bit.</summary>
public sealed class SquareRootTests
{
    private const uint One = 0x3F80_0000;
    private const uint Four = 0x4080_0000;

    private static readonly Vector512<uint> Indices = Vector512.Create(0u, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

    [Fact]
    public void Root_of_every_significand_has_the_defined_bits()
    {
        for (uint bits = One; bits < Four; bits += 16)
            AssertRoots((Vector512.Create(bits) + Indices).AsSingle());
    }

    [Fact]
    public void Root_of_every_exponent_has_the_defined_bits()
    {
        const uint Step = 8191;
        uint bits = 0;
        do
        {
            AssertRoots((Vector512.Create(bits) + Indices).AsSingle());
            bits += Step;
        }
        while (bits >= Step);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-1e-30f)]
    [InlineData(-1f)]
    [InlineData(float.Epsilon)]
    [InlineData(1.17549435E-38f)]
    [InlineData(2.5243549E-29f)]
    [InlineData(2.52435474E-29f)]
    [InlineData(1.5845632E+29f)]
    [InlineData(float.MaxValue)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(float.NaN)]
    public void Special_value_changes_no_other_root(float value)
    {
        for (int lane = 0; lane < Vector512<float>.Count; lane++)
            AssertRoots(Vector512.WithElement(Vector512.Create(2f) + Vector512.ConvertToSingle(Indices.AsInt32()), lane, value));
    }

    // An estimate has 14 bits, and which ones depends on the processor.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Root_is_the_same_for_every_allowed_estimate(int first)
    {
        Assert.SkipUnless(Avx512F.IsSupported, "The processor has no AVX-512: roots come from its square root instruction.");
        const int Units = 1024;
        var random = new Random(first);
        for (int i = 0; i < 4000; i++)
        {
            Vector512<float> x = (Vector512.Create((uint)random.Next((int)One, (int)Four - 16)) + Indices).AsSingle();
            Vector512<float> root = Vector512.Sqrt(x);
            Vector512<int> nearest = (Vector512<float>.One / root).AsInt32();
            for (int units = -Units - first; units <= Units; units += 3)
            {
                Vector512<float> refined = SquareRoots.Refine(x, (nearest + Vector512.Create(units)).AsSingle());
                if (!Vector512.EqualsAll(refined, root))
                    Assert.Fail($"The root of one of {x} is wrong for estimates that are {units} units in the last place away.");
            }
        }
    }

    private static void AssertRoots(Vector512<float> x)
    {
        Vector512<float> roots = SquareRoots.Of(x);
        Vector512<float> defined = Vector512.Sqrt(x);
        if (!Vector512.EqualsAll(roots.AsInt32(), defined.AsInt32()))
            Assert.Fail($"The roots of {x} are {defined}, not {roots}.");
    }
}

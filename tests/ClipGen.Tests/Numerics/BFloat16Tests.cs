using ClipGen.Numerics;
using ClipGen.Numerics.Kernels;
using ClipGen.Tests.Sources;

namespace ClipGen.Tests.Numerics;

/// <summary>Elements of type bfloat16, which gradients of TorchSharp may have.</summary>
public sealed class BFloat16Tests
{
    [Fact]
    public void Every_element_is_what_its_value_rounds_to()
    {
        BFloat16[] all = [.. Enumerable.Range(0, 1 << 16).Select(bits => new BFloat16((ushort)bits))];
        var values = new float[all.Length];
        var back = new BFloat16[all.Length];
        BFloat16.ToSingle(all, values);
        BFloat16.FromSingle(values, back);
        for (int i = 0; i < all.Length; i++)
        {
            Assert.Equal(BitConverter.SingleToInt32Bits(all[i].ToSingle()), BitConverter.SingleToInt32Bits(values[i]));
            if (float.IsNaN(values[i]))
                Assert.True(float.IsNaN(back[i].ToSingle()) && float.IsNaN(BFloat16.FromDouble(values[i]).ToSingle()));
            else
                Assert.Equal((all[i], all[i]), (back[i], BFloat16.FromDouble(values[i])));
        }
    }

    // The nearer one of the two elements around a value, compared in double. If both are equally near, the even one.
    [Fact]
    public void Values_round_once_to_the_nearest_element()
    {
        var random = new Random(7);
        for (int i = 0; i < 300_000; i++)
        {
            ushort bits = (ushort)random.Next(0x7f80);
            double low = new BFloat16(bits).ToSingle();
            double high = bits == 0x7f7f ? Math.ScaleB(1, 128) : new BFloat16((ushort)(bits + 1)).ToSingle();
            double middle = (low + high) / 2;
            double value = (i % 4) switch
            {
                0 => middle,
                1 => Math.BitIncrement(middle),
                2 => Math.BitDecrement(middle),
                _ => low + ((high - low) * random.NextDouble()),
            };
            bool isLow = value < middle || (value == middle && bits % 2 == 0);
            ushort expected = isLow ? bits : (ushort)(bits + 1);

            Assert.Equal(new BFloat16(expected), BFloat16.FromDouble(value));
            Assert.Equal(new BFloat16((ushort)(expected | 0x8000)), BFloat16.FromDouble(-value));
        }
    }

    [Fact]
    public void A_factor_that_is_no_normal_float_is_applied()
    {
        BFloat16[] gradient = [BFloat16.FromDouble(3e38), BFloat16.FromDouble(-1e38), BFloat16.FromDouble(1e30)];
        double[] before = Exact.Elements(gradient);

        ClipResult result = GradientOperations.Clip(new SliceSource<BFloat16>(gradient, (0, 3)), ClipRule.Norm(1e-8));

        Exact.AssertClose(Exact.NormOf(2, before), result.TotalNorm);
        Assert.Equal([.. before.Select(x => BFloat16.FromDouble(x * (1e-8 / Exact.NormOf(2, before))))], gradient);
    }

    [Fact]
    public void A_value_that_is_not_finite_is_found()
    {
        BFloat16[] gradient = [BFloat16.FromDouble(1), BFloat16.FromDouble(double.NegativeInfinity)];
        var source = new SliceSource<BFloat16>(gradient, (0, 2));

        Assert.Equal(1, Assert.Throws<NonFiniteGradientException>(() => GradientOperations.Clip(source, ClipRule.Norm(1))).Index);
        Assert.True(GradientOperations.Clip(source, ClipRule.Value(1e300)).Clipped);
        Assert.Equal(-(double)BFloat16.MaxValue.ToSingle(), Exact.Elements(gradient)[1]);
    }
}

namespace ClipGen.Optimizers.Kernels;

/// <summary>
/// Powers with an integer exponent. Two numbers represent each product, so that the error stays below a unit in the last place. The C
/// library's <c>pow</c> may round differently on another machine.
/// </summary>
/// <remarks>
/// An optimizer needs powers of the same two numbers in every step, with the exponent increased by one. A power is therefore the product of
/// two cached powers: one for the low bits of the exponent, one for the high bits. Both depend only on the number and the exponent, and so
/// do the bits of the result.
/// </remarks>
internal sealed class WholePower
{
    private const int LastBits = 6;

    // 1 minus any smaller number is 1. Smaller products would only be slow, because they are subnormal numbers.
    private const double Negligible = 1e-20;

    [ThreadStatic]
    private static WholePower? _last;

    [ThreadStatic]
    private static WholePower? _lastButOne;

    private readonly double _value;
    private readonly Product[] _small = new Product[1 << LastBits];
    private Product _large = Product.One;
    private long _largeExponent;

    private WholePower(double value)
    {
        _value = value;
        _small[0] = Product.One;
        for (int i = 1; i < _small.Length; i++)
            _small[i] = _small[i - 1] * new Product(value, 0);
    }

    /// <summary>
    /// value^exponent, for a value from 0 to 1 and an exponent that is not negative; 0 if the power is too small to change 1 when
    /// subtracted from it.
    /// </summary>
    internal static double Of(double value, long exponent)
    {
        if (_last is { } last && last._value == value)
            return last.Of(exponent);
        if (_lastButOne is { } lastButOne && lastButOne._value == value)
            return lastButOne.Of(exponent);
        _lastButOne = _last;
        _last = new WholePower(value);
        return _last.Of(exponent);
    }

    private double Of(long exponent)
    {
        long large = exponent >> LastBits;
        if (large != _largeExponent)
        {
            _large = Raise(_small[^1] * new Product(_value, 0), large);
            _largeExponent = large;
        }

        return _large.Value == 0 ? 0 : (_large * _small[exponent & ((1 << LastBits) - 1)]).Value;
    }

    private static Product Raise(Product value, long exponent)
    {
        Product power = Product.One;
        Product square = value;
        for (long left = exponent; left > 0; left >>= 1)
        {
            if (square.Value < Negligible)
                return default;
            if ((left & 1) != 0)
                power *= square;
            square *= square;
        }

        return power;
    }

    /// <summary>A number of twice the precision of a double.</summary>
    private readonly record struct Product(double Value, double Remainder)
    {
        internal static Product One => new(1, 0);

        public static Product operator *(Product x, Product y)
        {
            double product = x.Value * y.Value;
            double remainder = RoundingError(x.Value, y.Value, product) + ((x.Value * y.Remainder) + (x.Remainder * y.Value));
            double sum = product + remainder;
            return new Product(sum, remainder - (sum - product));
        }

        // x·y − product, exactly: the products of 26-bit halves are exact (Dekker 1971).
        private static double RoundingError(double x, double y, double product)
        {
            (double xHigh, double xLow) = Split(x);
            (double yHigh, double yLow) = Split(y);
            return (((xHigh * yHigh) - product) + (xHigh * yLow) + (xLow * yHigh)) + (xLow * yLow);
        }

        private static (double High, double Low) Split(double value)
        {
            double scaled = value * ((1 << 27) + 1);
            double high = scaled - (scaled - value);
            return (high, value - high);
        }
    }
}

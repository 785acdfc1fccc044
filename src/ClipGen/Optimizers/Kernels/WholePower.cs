namespace ClipGen.Optimizers.Kernels;

/// <summary>
/// Powers with a whole exponent, by repeated squaring. Two numbers carry each product, so that the error stays below a unit in the last
/// place. The C library's function may round otherwise on another machine.
/// </summary>
internal static class WholePower
{
    /// <summary>value^exponent, for a value from 0 to 1 and an exponent that is not negative.</summary>
    internal static double Of(double value, long exponent)
    {
        double power = 1, powerRemainder = 0;
        double square = value, squareRemainder = 0;
        for (long left = exponent; left > 0; left >>= 1)
        {
            if (square == 0)
                return 0;
            if ((left & 1) != 0)
                (power, powerRemainder) = Multiply(power, powerRemainder, square, squareRemainder);
            (square, squareRemainder) = Multiply(square, squareRemainder, square, squareRemainder);
        }

        return power;
    }

    private static (double Product, double Remainder) Multiply(double x, double xRemainder, double y, double yRemainder)
    {
        double product = x * y;
        double remainder = RoundingError(x, y, product) + ((x * yRemainder) + (xRemainder * y));
        double sum = product + remainder;
        return (sum, remainder - (sum - product));
    }

    // x·y − product, exactly: halves of 26 bits have exact products (Dekker 1971).
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

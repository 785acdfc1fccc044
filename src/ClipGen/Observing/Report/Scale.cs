namespace ClipGen.Observing.Report;

/// <summary>An axis: it maps numbers to positions, and has the numbers to write next to it.</summary>
internal sealed class Scale
{
    private readonly double _low;
    private readonly double _high;
    private readonly double _start;
    private readonly double _end;
    private readonly bool _isLogarithmic;

    private Scale(double low, double high, double start, double end, bool isLogarithmic)
    {
        _isLogarithmic = isLogarithmic;
        _low = isLogarithmic ? Math.Log10(low) : low;
        _high = isLogarithmic ? Math.Log10(high) : high;
        (_start, _end) = (start, end);
    }

    /// <summary>The numbers to write next to the axis.</summary>
    internal required IReadOnlyList<double> Ticks { get; init; }

    /// <summary>The smallest number.</summary>
    internal double Low => _isLogarithmic ? Math.Pow(10, _low) : _low;

    /// <summary>The largest number.</summary>
    internal double High => _isLogarithmic ? Math.Pow(10, _high) : _high;

    /// <summary>A linear axis.</summary>
    /// <param name="low">The number at the start.</param>
    /// <param name="high">The number at the end.</param>
    /// <param name="start">The position of the start.</param>
    /// <param name="end">The position of the end.</param>
    /// <param name="ticks">The approximate number of ticks.</param>
    internal static Scale Linear(double low, double high, double start, double end, int ticks)
    {
        high = high > low ? high : low + 1;
        double step = NiceStep((high - low) / ticks);
        var numbers = new List<double>();
        for (double number = Math.Ceiling(low / step); number * step <= high * (1 + 1e-12); number++)
            numbers.Add(number * step);
        return new Scale(low, high, start, end, isLogarithmic: false) { Ticks = numbers };
    }

    /// <summary>A logarithmic axis, whose first and last numbers have one digit.</summary>
    /// <param name="low">The smallest number: greater than 0.</param>
    /// <param name="high">The largest number.</param>
    /// <param name="start">The position of the start.</param>
    /// <param name="end">The position of the end.</param>
    internal static Scale Logarithmic(double low, double high, double start, double end)
    {
        low = FloorDigit(Math.Clamp(low, 1e-300, 1e300));
        high = Math.Max(CeilingDigit(Math.Clamp(high, 1e-300, 1e300)), low * 2);
        int first = (int)Math.Floor(Math.Log10(low) + 1e-9);
        int last = (int)Math.Ceiling(Math.Log10(high) - 1e-9);
        int every = Math.Max(1, (last - first) / 6);
        double[] digits = last - first > 2 ? [1] : [1, 2, 5];
        var numbers = new List<double>();
        for (int exponent = first; exponent <= last; exponent += every)
        {
            foreach (double digit in digits)
            {
                double number = digit * Math.Pow(10, exponent);
                if (number >= low * (1 - 1e-9) && number <= high * (1 + 1e-9))
                    numbers.Add(number);
            }
        }

        return new Scale(low, high, start, end, isLogarithmic: true) { Ticks = numbers };
    }

    /// <summary>The position of a number. Numbers outside the axis are moved to the nearest end.</summary>
    internal double At(double number)
    {
        double value = !_isLogarithmic ? number : number > 0 ? Math.Log10(number) : _low;
        return _start + (Math.Clamp((value - _low) / (_high - _low), 0, 1) * (_end - _start));
    }

    private static double NiceStep(double step)
    {
        double unit = Math.Pow(10, Math.Floor(Math.Log10(step)));
        double digits = step / unit;
        return unit * (digits <= 1 ? 1 : digits <= 2 ? 2 : digits <= 5 ? 5 : 10);
    }

    private static double FloorDigit(double number)
    {
        double unit = Math.Pow(10, Math.Floor(Math.Log10(number)));
        return Math.Max(1, Math.Floor((number / unit) + 1e-9)) * unit;
    }

    private static double CeilingDigit(double number)
    {
        double unit = Math.Pow(10, Math.Floor(Math.Log10(number)));
        return Math.Ceiling((number / unit) - 1e-9) * unit;
    }
}

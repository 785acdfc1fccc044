using System.Runtime.CompilerServices;

namespace ClipGen.Numerics.Sums;

/// <summary>
/// The exact sum of numbers that are zero or greater, as an integer in units of the smallest <see cref="double"/>. Any order and grouping
/// of the additions gives the same bits, even over several processes.
/// </summary>
/// <remarks>
/// The integer is kept in digits of 32 bits, each in a <see cref="long"/>, so that digits can be added 2^31 times before a carry has to be
/// propagated (R. M. Neal, "Fast exact summation using small and large superaccumulators", 2015, arXiv:1505.05571).
/// </remarks>
internal struct ExactSum
{
    private const int DigitBits = 32;

    // The largest double is below 2^2098 units, and up to 2^62 of them can be added.
    private const int DigitCount = 68;
    private const int MantissaBits = 53;
    private const int UnitExponent = -1074;

    /// <summary>The number of <see cref="Words"/>.</summary>
    internal const int WordCount = DigitCount + 1;

    private Digits _words;

    /// <summary>
    /// The digits, least significant first, and the number of terms that were not finite. Adding all words adds the sums.
    /// </summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    internal Span<long> Words => _words;

    /// <summary>Adds a term.</summary>
    internal void Add(double term) => AddTo(_words, term);

    /// <summary>The sum, rounded to the nearest number; NaN if a term was not finite.</summary>
    internal double Round() => Round(_words);

    /// <summary>Adds a term to digits.</summary>
    internal static void AddTo(Span<long> words, double term)
    {
        if (!double.IsFinite(term))
        {
            words[DigitCount]++;
            return;
        }

        ulong bits = BitConverter.DoubleToUInt64Bits(term);
        int exponent = (int)(bits >> (MantissaBits - 1)) & 0x7FF;
        ulong mantissa = bits & ((1UL << (MantissaBits - 1)) - 1);
        if (exponent > 0)
            mantissa |= 1UL << (MantissaBits - 1);
        int position = Math.Max(exponent, 1) - 1;
        int digit = position / DigitBits;
        UInt128 shifted = (UInt128)mantissa << (position % DigitBits);
        words[digit] += (uint)shifted;
        words[digit + 1] += (uint)(shifted >> DigitBits);
        words[digit + 2] += (uint)(shifted >> (2 * DigitBits));
    }

    /// <summary>Propagates carries, so that 2^31 such sums can be added digit by digit.</summary>
    internal static void Normalize(Span<long> words)
    {
        for (int i = 0; i < DigitCount - 1; i++)
        {
            words[i + 1] += words[i] >> DigitBits;
            words[i] &= uint.MaxValue;
        }
    }

    /// <summary>The sum, rounded to the nearest number; NaN if a term was not finite.</summary>
    internal static double Round(Span<long> words)
    {
        if (words[DigitCount] != 0)
            return double.NaN;
        Normalize(words);
        int top = DigitCount - 1;
        while (top > 2 && words[top] == 0)
            top--;

        // The leading digits. The remaining digits only decide whether the number lies beyond the midpoint of two doubles.
        int last = top - 2;
        ulong low = ((ulong)words[top - 1] << DigitBits) | (ulong)words[last];
        UInt128 leading = ((UInt128)(ulong)words[top] << (2 * DigitBits)) | low;
        if (words[..last].ContainsAnyExcept(0L))
            leading |= 1;
        int excess = 128 - (int)UInt128.LeadingZeroCount(leading) - MantissaBits;
        int exponent = (last * DigitBits) + UnitExponent;
        if (excess <= 0)
            return double.ScaleB((double)(ulong)leading, exponent);
        ulong mantissa = (ulong)(leading >> excess);
        UInt128 rest = leading & ((UInt128.One << excess) - 1);
        UInt128 half = UInt128.One << (excess - 1);
        if (rest > half || (rest == half && mantissa % 2 == 1))
            mantissa++;
        return double.ScaleB(mantissa, exponent + excess);
    }

    [InlineArray(WordCount)]
    private struct Digits
    {
        private long _first;
    }
}

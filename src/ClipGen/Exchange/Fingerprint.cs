namespace ClipGen.Exchange;

/// <summary>A hash that is the same in every process, unlike <see cref="HashCode"/> (64-bit FNV-1a).</summary>
internal struct Fingerprint()
{
    private const ulong Prime = 1099511628211;

    /// <summary>The hash so far.</summary>
    internal ulong Value { get; private set; } = 14695981039346656037;

    /// <summary>Adds a number.</summary>
    internal void Add(double number) => Add(BitConverter.DoubleToUInt64Bits(number));

    /// <summary>Adds a whole number.</summary>
    internal void Add(ulong number)
    {
        for (int shift = 0; shift < 64; shift += 8)
            Value = (Value ^ (byte)(number >> shift)) * Prime;
    }
}

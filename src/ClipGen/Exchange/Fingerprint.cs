using ClipGen.Numerics;

namespace ClipGen.Exchange;

/// <summary>A hash that is the same in every process, unlike <see cref="HashCode"/> (64-bit FNV-1a).</summary>
internal struct Fingerprint()
{
    private const ulong Prime = 1099511628211;

    /// <summary>The hash so far.</summary>
    internal ulong Value { get; private set; } = 14695981039346656037;

    /// <summary>The hash of a call and its limits.</summary>
    internal static ulong Of(CallKind call, ReadOnlySpan<ClipRule> rules)
    {
        var fingerprint = new Fingerprint();
        fingerprint.Add((ulong)call);
        foreach (ref readonly ClipRule rule in rules)
        {
            fingerprint.Add(rule.Limit);
            fingerprint.Add(rule.NormType);
            fingerprint.Add(rule.Epsilon);
            fingerprint.Add((rule.ByValue ? 1UL : 0) | ((ulong)rule.Scope << 8) | ((ulong)rule.NonFinite << 16));
            foreach (char letter in rule.Group ?? "")
                fingerprint.Add(letter);
        }

        return fingerprint.Value;
    }

    internal void Add(double number) => Add(BitConverter.DoubleToUInt64Bits(number));

    internal void Add(ulong number)
    {
        for (int shift = 0; shift < 64; shift += 8)
            Value = (Value ^ (byte)(number >> shift)) * Prime;
    }
}

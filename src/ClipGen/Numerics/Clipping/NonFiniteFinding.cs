using ClipGen.Numerics.Buffers;

namespace ClipGen.Numerics.Clipping;

/// <summary>Which buffers of a buffer table hold a NaN or an infinity, and which policies apply to them.</summary>
internal readonly struct NonFiniteFinding
{
    internal NonFiniteFinding(int first, int throwing, bool zero, bool leave)
    {
        First = first;
        Throwing = throwing;
        Zero = zero;
        Leave = leave;
    }

    /// <summary>The first buffer that holds a NaN or an infinity, or −1.</summary>
    internal int First { get; }

    /// <summary>The first buffer that violates a rule under <see cref="NonFinitePolicy.Throw"/>, or −1.</summary>
    internal int Throwing { get; }

    /// <summary>Whether a buffer violates a rule under <see cref="NonFinitePolicy.Zero"/>.</summary>
    internal bool Zero { get; }

    /// <summary>Whether a buffer violates a rule under <see cref="NonFinitePolicy.Leave"/>.</summary>
    internal bool Leave { get; }

    /// <summary>Examines the measured entries.</summary>
    internal static NonFiniteFinding Of(BufferTable table)
    {
        int first = -1;
        int throwing = -1;
        bool zero = false;
        bool leave = false;
        for (int i = 0; i < table.Count; i++)
        {
            ref readonly GradientEntry entry = ref table[i];
            if (entry.Rule < 0 || double.IsFinite(entry.Largest))
                continue;
            if (first < 0)
                first = i;
            ref readonly ClipRule rule = ref table.Rules[entry.Rule];
            if (!Offends(entry, rule))
                continue;
            if (rule.NonFinite == NonFinitePolicy.Throw && throwing < 0)
                throwing = i;
            zero |= rule.NonFinite == NonFinitePolicy.Zero;
            leave |= rule.NonFinite == NonFinitePolicy.Leave;
        }

        return new NonFiniteFinding(first, throwing, zero, leave);
    }

    /// <summary>Whether an infinity violates the rule. It does not if it is clamped to a finite limit.</summary>
    internal static bool InfinityOffends(in ClipRule rule) => !rule.ByValue || double.IsPositiveInfinity(rule.Limit);

    /// <summary>Whether any buffer of the rule violates it.</summary>
    internal static bool AnyOffends(ReadOnlySpan<GradientEntry> entries, int number, in ClipRule rule)
    {
        foreach (ref readonly GradientEntry entry in entries)
        {
            if (entry.Rule == number && Offends(entry, rule))
                return true;
        }

        return false;
    }

    private static bool Offends(in GradientEntry entry, in ClipRule rule) =>
        InfinityOffends(rule) ? !double.IsFinite(entry.Largest) : double.IsNaN(entry.Largest);
}

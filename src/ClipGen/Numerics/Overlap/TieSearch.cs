using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Overlap;

/// <summary>Reads the addresses of all buffers and marks tied ones, even if the garbage collector moves them meanwhile.</summary>
internal static class TieSearch
{
    // A source that allocates during its traversal may cause a collection in each one. After the second collection, buffers seldom move
    // again.
    private const int MostReadings = 8;

    /// <summary>Marks the entries whose memory an earlier entry covers.</summary>
    /// <param name="gradients">The source.</param>
    /// <param name="table">The entries. They are replaced if the number of buffers differs.</param>
    /// <param name="hasAddresses">Whether the entries contain addresses already, all read at the same moment.</param>
    /// <returns>Whether there is a tied entry.</returns>
    /// <exception cref="InvalidOperationException">Two buffers overlap in part.</exception>
    internal static bool MarkTied<TSource>(TSource gradients, BufferTable table, bool hasAddresses)
        where TSource : IGradientSource
    {
        (int earlier, int later) = hasAddresses || TryReadAddresses(gradients, table)
            ? TiedGradients.Mark(table)
            : MarkOneByOne(gradients, table);
        if (later >= 0)
        {
            GradientNames names = GradientNames.Of(gradients);
            throw new InvalidOperationException(
                $"The gradients '{names[earlier]}' and '{names[later]}' share a part of their memory, so some elements would count "
                + "twice. Leave one of them out with [ClipIgnore], or pass the whole array before its slices.");
        }

        foreach (ref GradientEntry entry in table.Entries)
        {
            if (entry.IsTied)
                return true;
        }

        return false;
    }

    /// <summary>
    /// Marks tied entries if no common moment for their addresses is found: with one traversal for each buffer, which is pinned meanwhile.
    /// </summary>
    /// <returns>The same as <see cref="TiedGradients.Mark"/>.</returns>
    internal static (int Earlier, int Later) MarkOneByOne<TSource>(TSource gradients, BufferTable table)
        where TSource : IGradientSource
    {
        foreach (ref GradientEntry entry in table.Entries)
            entry.IsTied = false;
        for (int i = 0; i < table.Count; i++)
        {
            if (table[i].IsTied)
                continue;
            Pin<TSource> pin = Walk.Through(gradients, new Pin<TSource>(gradients, table, i));
            if (pin.Overlapping >= 0)
                return (i, pin.Overlapping);
        }

        return (-1, -1);
    }

    // The addresses are consistent if no collection ran during the reading. They are also consistent if two consecutive readings are equal,
    // because buffers do not move back and forth in step with the readings. Returns false if neither applies.
    private static bool TryReadAddresses<TSource>(TSource gradients, BufferTable table)
        where TSource : IGradientSource
    {
        for (int reading = 0; reading < MostReadings; reading++)
        {
            int collections = GC.CollectionCount(0);
            var addresses = Walk<ReadAddresses>.Through(gradients, new ReadAddresses(table));
            bool isSame = reading > 0 && !addresses.Operation.Changed && addresses.Count == table.Count;
            table.Count = addresses.Count;
            if (isSame || GC.CollectionCount(0) == collections)
                return true;
        }

        return false;
    }

    /// <summary>Pins one buffer, and compares all later ones with it.</summary>
    private struct Pin<TSource>(TSource gradients, BufferTable table, int wanted) : IGradientOperation
        where TSource : IGradientSource
    {
        /// <summary>The first later buffer that partly overlaps the pinned one, or −1.</summary>
        public int Overlapping { get; private set; } = -1;

        public unsafe void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
        {
            if (slot.Ordinal != wanted)
                return;
            fixed (byte* first = &Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(gradient)))
            {
                nuint end = (nuint)first + ((nuint)gradient.Length * (nuint)Unsafe.SizeOf<T>());
                Overlapping = Walk.Through(gradients, new Compare(table, wanted, (nuint)first, end)).Overlapping;
            }
        }
    }

    /// <summary>
    /// Compares buffers with pinned memory. A buffer that overlaps it is pinned too. Any other buffer stays outside, wherever it moves.
    /// </summary>
    private struct Compare(BufferTable table, int pinned, nuint start, nuint end) : IGradientOperation
    {
        public int Overlapping { get; private set; } = -1;

        public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
        {
            int ordinal = slot.Ordinal;
            if (ordinal <= pinned || ordinal >= table.Count || table[ordinal].IsTied || Overlapping >= 0)
                return;
            var place = default(GradientEntry);
            ReadAddresses.SetAddress(ref place, gradient);
            if (place.Start >= end || place.End <= start)
                return;
            if (place.Start >= start && place.End <= end)
                table[ordinal].IsTied = true;
            else
                Overlapping = ordinal;
        }
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Overlap;

/// <summary>Reads the addresses of all buffers and marks the tied ones, whatever the garbage collector does meanwhile.</summary>
internal static class TieSearch
{
    // A source that allocates much on its way has a collection in every traversal. After the second one its buffers seldom move again.
    private const int MostReadings = 8;

    /// <summary>Marks the entries whose memory an earlier one covers.</summary>
    /// <param name="gradients">The source.</param>
    /// <param name="table">The entries. Those of another number of buffers are replaced.</param>
    /// <param name="hasAddresses">Whether the entries have addresses already, all of one moment.</param>
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
                $"The gradients '{names[earlier]}' and '{names[later]}' share a part of their memory, so that some elements would count "
                + "twice. Leave one of them out, by [ClipIgnore] where it is declared, or put the whole array before its slices.");
        }

        foreach (ref GradientEntry entry in table.Entries)
        {
            if (entry.IsTied)
                return true;
        }

        return false;
    }

    /// <summary>Marks tied entries without addresses of one moment: one traversal for each buffer, which is pinned during it.</summary>
    /// <returns>As <see cref="TiedGradients.Mark"/>.</returns>
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

    // The addresses are of one moment if no collection ran meanwhile. They are too if two readings in a row give the same ones: otherwise
    // buffers would have moved to and fro in step with both. False where neither is so.
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
        /// <summary>The first later buffer that overlaps it in part, or −1.</summary>
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
    /// Compares buffers with pinned memory. What overlaps it is pinned too, and all else stays outside wherever it moves.
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

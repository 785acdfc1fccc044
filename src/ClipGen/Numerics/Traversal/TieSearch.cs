using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ClipGen.Numerics.Traversal;

/// <summary>Reads the addresses of all buffers and marks the tied ones, whatever the garbage collector does meanwhile.</summary>
internal static class TieSearch
{
    // A source that allocates much on its way has a collection in every traversal. After the second one its buffers seldom move again.
    private const int MostReadings = 8;

    /// <summary>Marks the entries whose memory an earlier one covers.</summary>
    /// <param name="gradients">The source.</param>
    /// <param name="ledger">The entries. Those of another number of buffers are replaced.</param>
    /// <param name="hasAddresses">Whether the entries have addresses already, all of one moment.</param>
    /// <returns>Whether there is a tied entry.</returns>
    /// <exception cref="InvalidOperationException">Two buffers overlap in part.</exception>
    internal static bool MarkTied<TSource>(TSource gradients, GradientLedger ledger, bool hasAddresses)
        where TSource : IGradientSource
    {
        (int earlier, int later) = hasAddresses || TryReadAddresses(gradients, ledger)
            ? TiedGradients.Mark(ledger)
            : MarkOneByOne(gradients, ledger);
        if (later >= 0)
        {
            GradientNames names = GradientNames.Of(gradients);
            throw new InvalidOperationException(
                $"The gradients '{names[earlier]}' and '{names[later]}' share a part of their memory, so that some elements would count "
                + "twice. Leave one of them out, by [ClipIgnore] where it is declared, or put the whole array before its slices.");
        }

        foreach (ref GradientEntry entry in ledger.Entries)
        {
            if (entry.IsTied)
                return true;
        }

        return false;
    }

    /// <summary>Marks tied entries without addresses of one moment: one traversal for each buffer, which is pinned during it.</summary>
    /// <returns>As <see cref="TiedGradients.Mark"/>.</returns>
    internal static (int Earlier, int Later) MarkOneByOne<TSource>(TSource gradients, GradientLedger ledger)
        where TSource : IGradientSource
    {
        foreach (ref GradientEntry entry in ledger.Entries)
            entry.IsTied = false;
        for (int i = 0; i < ledger.Count; i++)
        {
            if (ledger[i].IsTied)
                continue;
            var pin = new PinVisitor<TSource>(gradients, ledger, i);
            gradients.VisitGradients(ref pin);
            if (pin.Overlapping >= 0)
                return (i, pin.Overlapping);
        }

        return (-1, -1);
    }

    // The addresses are of one moment if no collection ran meanwhile. They are too if two readings in a row give the same ones: otherwise
    // buffers would have moved to and fro in step with both. False where neither is so.
    private static bool TryReadAddresses<TSource>(TSource gradients, GradientLedger ledger)
        where TSource : IGradientSource
    {
        for (int reading = 0; reading < MostReadings; reading++)
        {
            int collections = GC.CollectionCount(0);
            var addresses = new AddressVisitor(ledger);
            gradients.VisitGradients(ref addresses);
            bool isSame = reading > 0 && !addresses.Changed && addresses.Count == ledger.Count;
            ledger.Count = addresses.Count;
            if (isSame || GC.CollectionCount(0) == collections)
                return true;
        }

        return false;
    }

    /// <summary>Pins one buffer, and compares all later ones with it.</summary>
    private struct PinVisitor<TSource>(TSource gradients, GradientLedger ledger, int wanted) : IGradientVisitor
        where TSource : IGradientSource
    {
        private readonly TSource _gradients = gradients;
        private readonly GradientLedger _ledger = ledger;
        private readonly int _wanted = wanted;
        private NestingDepth _depth;
        private int _ordinal;

        /// <summary>The first later buffer that overlaps it in part, or −1.</summary>
        public int Overlapping { get; private set; } = -1;

        public unsafe void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null)
        {
            if (gradient.IsEmpty || _ordinal++ != _wanted)
                return;
            fixed (byte* first = &Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(gradient)))
            {
                nuint end = (nuint)first + ((nuint)gradient.Length * (nuint)Unsafe.SizeOf<T>());
                var compare = new CompareVisitor(_ledger, _wanted, (nuint)first, end);
                _gradients.VisitGradients(ref compare);
                Overlapping = compare.Overlapping;
            }
        }

        public void Enter(string name, string? group = null) => _depth.Enter();

        public void EnterItem<TKey>(TKey key) => _depth.Enter();

        public void Leave() => _depth.Leave();
    }

    /// <summary>Compares buffers with pinned memory. What overlaps it is pinned too, and all else stays outside wherever it moves.</summary>
    private struct CompareVisitor(GradientLedger ledger, int pinned, nuint start, nuint end) : IGradientVisitor
    {
        private readonly GradientLedger _ledger = ledger;
        private readonly int _pinned = pinned;
        private readonly nuint _start = start;
        private readonly nuint _end = end;
        private NestingDepth _depth;
        private int _ordinal;

        public int Overlapping { get; private set; } = -1;

        public void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null)
        {
            if (gradient.IsEmpty)
                return;
            int ordinal = _ordinal++;
            if (ordinal <= _pinned || ordinal >= _ledger.Count || _ledger[ordinal].IsTied || Overlapping >= 0)
                return;
            var place = default(GradientEntry);
            AddressVisitor.SetAddress(ref place, gradient);
            if (place.Start >= _end || place.End <= _start)
                return;
            if (place.Start >= _start && place.End <= _end)
                _ledger[ordinal].IsTied = true;
            else
                Overlapping = ordinal;
        }

        public void Enter(string name, string? group = null) => _depth.Enter();

        public void EnterItem<TKey>(TKey key) => _depth.Enter();

        public void Leave() => _depth.Leave();
    }
}

using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Overlap;
using ClipGen.Numerics.Walking;

namespace ClipGen.Exchange;

/// <summary>The sequence of a source's gradients: their element types and lengths.</summary>
internal sealed class GradientLayout
{
    private readonly List<Gradient> _gradients = [];

    /// <summary>The gradients, without tied ones.</summary>
    internal IReadOnlyList<Gradient> Gradients => _gradients;

    /// <summary>The ordinals of gradients whose memory an earlier gradient covers; null if there are none.</summary>
    internal HashSet<int>? Tied { get; private set; }

    /// <summary>A hash of everything that must be the same in every process.</summary>
    internal ulong Fingerprint
    {
        get
        {
            var fingerprint = new Fingerprint();
            foreach (Gradient gradient in _gradients)
            {
                fingerprint.Add((ulong)gradient.Position);
                fingerprint.Add(gradient.Code);
            }

            return fingerprint.Value;
        }
    }

    /// <summary>Reads a source.</summary>
    internal static GradientLayout Of<TSource>(TSource gradients)
        where TSource : IGradientSource
    {
        var layout = new GradientLayout { Tied = FindTied(gradients) };
        Walk.Through(gradients, new Read(layout));
        return layout;
    }

    /// <summary>The number of elements of a type.</summary>
    internal long CountOf<TElement>()
    {
        long count = 0;
        foreach (Gradient gradient in _gradients)
            count += gradient.Element == typeof(TElement) ? gradient.Length : 0;
        return count;
    }

    /// <summary>Finds the gradient that contains an element, and the index of the element in it.</summary>
    /// <param name="element">The position of the element among those of its type.</param>
    internal (int Ordinal, long Index) Find<TElement>(long element)
    {
        foreach (Gradient gradient in _gradients)
        {
            if (gradient.Element != typeof(TElement))
                continue;
            if (element < gradient.Length)
                return (gradient.Ordinal, element);
            element -= gradient.Length;
        }

        throw new ArgumentOutOfRangeException(nameof(element));
    }

    private static HashSet<int>? FindTied<TSource>(TSource gradients)
        where TSource : IGradientSource
    {
        BufferTable table = BufferTable.Rent([]);
        try
        {
            if (!TieSearch.MarkTied(gradients, table, hasAddresses: false))
                return null;
            var tied = new HashSet<int>();
            for (int i = 0; i < table.Count; i++)
            {
                if (table[i].IsTied)
                    tied.Add(i);
            }

            return tied;
        }
        finally
        {
            BufferTable.Return(table);
        }
    }

    /// <summary>One gradient.</summary>
    /// <param name="Ordinal">Its number among the gradients with elements.</param>
    /// <param name="Position">Its number among all gradients.</param>
    /// <param name="Element">The type of its elements.</param>
    /// <param name="Length">The number of its elements.</param>
    internal readonly record struct Gradient(int Ordinal, int Position, Type Element, int Length)
    {
        /// <summary>The length, combined with a number for the type.</summary>
        internal ulong Code => ((ulong)Length << 8) | (
            Element == typeof(float) ? 1UL : Element == typeof(double) ? 2UL : Element == typeof(Half) ? 3UL : 4UL);
    }

    private readonly struct Read(GradientLayout layout) : IGradientOperation
    {
        public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
        {
            if (layout.Tied is null || !layout.Tied.Contains(slot.Ordinal))
                layout._gradients.Add(new Gradient(slot.Ordinal, slot.Position, typeof(T), gradient.Length));
        }
    }
}

using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Clipping;
using ClipGen.Numerics.Walking;

namespace ClipGen.Exchange;

/// <summary>
/// Distributes the parameters of a model over processes that all hold it: each process steps its own ones. The longest are assigned first,
/// each to the process with the fewest elements so far, so that all processes step about as many.
/// </summary>
internal sealed class ParameterOwners
{
    // No process steps the parameter, because its gradient is tied to an earlier one.
    private const int None = -1;

    private readonly int[] _owners;
    private readonly GradientLayout _layout;
    private readonly int _rank;

    private ParameterOwners(int[] owners, GradientLayout layout, int rank)
    {
        _owners = owners;
        _layout = layout;
        _rank = rank;
    }

    /// <summary>The process that steps the parameter of a gradient.</summary>
    /// <param name="ordinal">The number of the gradient among those with elements.</param>
    internal int this[int ordinal] => _owners[ordinal];

    /// <summary>The number of elements of a type that a process steps.</summary>
    internal long CountOf<TElement>(int rank) =>
        _layout.Gradients.Where(gradient => gradient.Element == typeof(TElement) && _owners[gradient.Ordinal] == rank)
            .Sum(gradient => (long)gradient.Length);

    /// <summary>Assigns the parameters. The result is the same in every process.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="exchange">The processes.</param>
    /// <exception cref="InvalidOperationException">
    /// A gradient has no parameter, or a parameter of another length. Nothing was changed.
    /// </exception>
    internal static ParameterOwners Of<TSource>(TSource gradients, IGradientExchange exchange)
        where TSource : IGradientSource
    {
        Walk<FindUnpaired> walk = Walk<FindUnpaired>.Through(gradients, new FindUnpaired());
        if (walk.Operation.First >= 0)
        {
            string name = GradientNames.Of(gradients)[walk.Operation.First];
            throw new InvalidOperationException(
                $"The gradient '{name}' has no parameter of its length. Mark the parameter with [Parameter(Gradient = nameof(…))], or "
                + "leave the gradient out with [ClipIgnore]. Nothing was changed.");
        }

        int[] owners = new int[walk.Count];
        Array.Fill(owners, None);
        long[] elements = new long[exchange.Size];
        GradientLayout layout = GradientLayout.Of(gradients);
        foreach (GradientLayout.Gradient gradient in layout.Gradients.OrderByDescending(other => other.Length))
        {
            int owner = Array.IndexOf(elements, elements.Min());
            owners[gradient.Ordinal] = owner;
            elements[owner] += gradient.Length;
        }

        return new ParameterOwners(owners, layout, exchange.Rank);
    }

    /// <summary>
    /// Changes a plan so that a step leaves out the parameters of other processes, as it leaves out those of tied gradients.
    /// </summary>
    /// <param name="plan">The plan, for all gradients.</param>
    internal void LeaveOthers(ref ClipPlan plan)
    {
        if (plan.Buffers is null)
        {
            plan.Buffers = BufferTable.Rent([]);
            for (int i = 0; i < _owners.Length; i++)
                plan.Buffers[i] = new GradientEntry { Rule = GradientEntry.NoRule, Scale = true, Factor = plan.Factor };
            plan.Buffers.Count = _owners.Length;
        }

        for (int i = 0; i < _owners.Length; i++)
            plan.Buffers[i].IsTied = _owners[i] != _rank;
    }

    private struct FindUnpaired() : IGradientOperation
    {
        internal int First { get; private set; } = -1;

        public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
        {
            if (First < 0 && parameter.Length != gradient.Length)
                First = slot.Ordinal;
        }
    }
}

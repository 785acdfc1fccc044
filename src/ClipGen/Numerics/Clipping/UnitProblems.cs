using System.Diagnostics.CodeAnalysis;
using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Clipping;

/// <summary>Reports gradients that must be compared with their weights but cannot be.</summary>
internal static class UnitProblems
{
    /// <summary>Examines the measured entries.</summary>
    /// <exception cref="InvalidOperationException">
    /// A gradient has no parameter, a parameter of another length, or units that do not divide it.
    /// </exception>
    internal static void ThrowIfAny<TSource>(TSource gradients, BufferTable table)
        where TSource : IGradientSource
    {
        int ordinal = Find(table);
        if (ordinal >= 0)
            Throw(gradients, table, ordinal);
    }

    /// <summary>The first gradient that cannot be compared, or −1.</summary>
    internal static int Find(BufferTable table)
    {
        for (int i = 0; i < table.Count; i++)
        {
            if (table[i].UnitProblem != UnitProblem.None && !table[i].IsTied)
                return i;
        }

        return -1;
    }

    /// <summary>What to do about a gradient that cannot be compared.</summary>
    internal static string Describe(string name, UnitProblem problem) => problem switch
    {
        UnitProblem.NoParameter =>
            $"The gradient '{name}' has no parameter to compare it with. [AdaptiveClip] needs one: mark the parameter with "
                + "[Parameter(Gradient = nameof(…))], or use another kind of limit for the gradient. No gradient was changed.",
        UnitProblem.OtherLength =>
            $"The gradient '{name}' and its parameter have different lengths. [AdaptiveClip] compares them unit by unit. No gradient "
                + "was changed.",
        _ => $"The UnitLength of the gradient '{name}' does not divide its length into equal units. No gradient was changed.",
    };

    [DoesNotReturn]
    private static void Throw<TSource>(TSource gradients, BufferTable table, int ordinal)
        where TSource : IGradientSource =>
        throw new InvalidOperationException(Describe(GradientNames.Of(gradients)[ordinal], table[ordinal].UnitProblem));
}

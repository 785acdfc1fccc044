using ClipGen.Numerics.Kernels;
using ClipGen.Optimizers.Kernels;

namespace ClipGen.Numerics.Traversal;

/// <summary>What a clip would do to gradients, found out without changing any, so that an optimizer's step can do it on its way.</summary>
/// <remarks>Call <see cref="Return"/> when the step is done. Until then no other operation of this thread gets the same ledger.</remarks>
internal readonly struct ClipDecision
{
    // Null where one factor is for all buffers.
    private readonly GradientLedger? _ledger;
    private readonly LedgerAction _action;
    private readonly ScaleFactor _factor;
    private readonly int _sharedPieces;

    private ClipDecision(in ClipResult result, GradientLedger ledger, LedgerAction action)
    {
        Result = result;
        _ledger = ledger;
        _action = action;
        foreach (ref readonly GradientEntry entry in ledger.Entries)
            HasTies |= entry.IsTied;
    }

    private ClipDecision(in ClipResult result, ScaleFactor factor, int sharedPieces)
    {
        Result = result;
        _action = result.Clipped ? LedgerAction.Apply : LedgerAction.None;
        _factor = factor;
        _sharedPieces = sharedPieces;
    }

    /// <summary>What the clip returns; with <see cref="ClipResult.Skipped"/> where no step is to follow it.</summary>
    internal ClipResult Result { get; }

    /// <summary>Whether a buffer lies in the memory of an earlier one. Then <see cref="ChangeOf"/> does not know what happens to it.</summary>
    internal bool HasTies { get; }

    /// <summary>Decides by several rules. One rule without a group is for everything.</summary>
    /// <exception cref="ArgumentException">There is no rule, or two are for the same group.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A limit, order or epsilon is out of range.</exception>
    /// <exception cref="NonFiniteGradientException">A gradient is not finite, under <see cref="NonFinitePolicy.Throw"/>.</exception>
    internal static ClipDecision Of<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules)
        where TSource : IGradientSource
    {
        GradientOperations.Validate(rules);
        bool everything = rules is [{ Group: null }];
        if (everything
            && NormClip<AddressRuns>.TryDecide(gradients, rules[0], out ClipResult result, out ScaleFactor factor, out int sharedPieces))
        {
            return new ClipDecision(result, factor, sharedPieces);
        }

        GradientLedger ledger = LedgerOperations.RentFor(rules, everything);
        try
        {
            result = LedgerOperations.Decide(
                gradients, ledger, rules, everything, null, out LedgerAction action, out Excess excess);
            if (action == LedgerAction.Zero || IsLeft(ledger))
                return new ClipDecision(result with { Skipped = true }, ledger, action);
            if (action == LedgerAction.Apply)
            {
                var mark = new ApplyVisitor(ledger, onlyMarks: true);
                gradients.VisitGradients(ref mark);
            }

            result = LedgerOperations.Complete(result, ledger, excess);
            return new ClipDecision(result, ledger, action);
        }
        catch
        {
            GradientLedger.Return(ledger);
            throw;
        }
    }

    /// <summary>What happens to one buffer.</summary>
    /// <param name="ordinal">The number of the buffer, among those with elements.</param>
    internal GradientChange ChangeOf(int ordinal)
    {
        if (_action != LedgerAction.Apply)
            return GradientChange.None;
        if (_ledger is null)
            return GradientChange.Scale(_factor);
        ref readonly GradientEntry entry = ref _ledger[ordinal];
        return entry.Scale ? GradientChange.Scale(entry.Factor)
            : entry.Clamp ? GradientChange.Clamp(_ledger.Rules[entry.Rule].Limit)
            : GradientChange.None;
    }

    /// <summary>Changes the buffers as a clip does. Where the step is left out, they stay, unless the policy is to set them to zero.</summary>
    /// <param name="gradients">The same source, with the same buffers.</param>
    internal void Apply<TSource>(TSource gradients)
        where TSource : IGradientSource
    {
        if (_action == LedgerAction.Zero)
        {
            var zero = new ZeroVisitor();
            gradients.VisitGradients(ref zero);
        }
        else if (_action != LedgerAction.Apply || Result.Skipped)
        {
            return;
        }
        else if (_ledger is null)
        {
            NormClip<AddressRuns>.Scale(gradients, _factor, _sharedPieces);
        }
        else
        {
            var apply = new ApplyVisitor(_ledger);
            gradients.VisitGradients(ref apply);
        }
    }

    /// <summary>Gives back the memory that the decision took.</summary>
    internal void Return()
    {
        if (_ledger is not null)
            GradientLedger.Return(_ledger);
    }

    private static bool IsLeft(GradientLedger ledger)
    {
        for (int i = 0; i < ledger.Rules.Length; i++)
        {
            ref readonly ClipRule rule = ref ledger.Rules[i];
            if (rule.NonFinite == NonFinitePolicy.Leave && NonFiniteFinding.AnyOffends(ledger.Entries, i, rule))
                return true;
        }

        return false;
    }
}

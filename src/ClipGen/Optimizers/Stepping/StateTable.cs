using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Overlap;
using ClipGen.Numerics.Walking;
using ClipGen.Optimizers.Saving;

namespace ClipGen.Optimizers.Stepping;

/// <summary>The states of a model's parameters: by path, and by position while the model does not change.</summary>
internal sealed class StateTable
{
    private readonly Dictionary<string, SlotState> _byPath = new(StringComparer.Ordinal);
    private SlotState?[] _byPosition = [];
    private HashSet<string> _paths = new(StringComparer.Ordinal);

    // True from a load to the first step, which requires the saved model.
    private bool _isLoaded;

    /// <summary>The paths of all parameters of the model, including those that had no gradient so far.</summary>
    internal IReadOnlyCollection<string> Paths => _paths;

    /// <summary>The states, in the order in which parameters were first visited.</summary>
    internal IReadOnlyCollection<SlotState> Slots => _byPath.Values;

    /// <summary>The number of the current step.</summary>
    internal long Round { get; private set; }

    /// <summary>The number of the next step for a parameter that took part in all steps; 1 for the first.</summary>
    internal long NextStep { get; private set; } = 1;

    /// <summary>The state at a position; null if there is none.</summary>
    internal SlotState? this[int position] => (uint)position < (uint)_byPosition.Length ? _byPosition[position] : null;

    /// <summary>
    /// Prepares a step: checks that every gradient has a parameter of its length, and allocates missing states. Changes no gradient and no
    /// parameter.
    /// </summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="states">The states that are needed, as a bit mask.</param>
    /// <param name="table">Tells which gradients are tied; null if none is.</param>
    /// <exception cref="InvalidOperationException">
    /// A gradient has no parameter, or a parameter of another length, or a parameter has changed its length or type.
    /// </exception>
    internal void Prepare<TSource>(TSource gradients, int states, BufferTable? table)
        where TSource : IGradientSource
    {
        Round++;
        if (!Walk.Through(gradients, new CheckSlots(this, states, table)).IsAsBefore)
            Bind(gradients, states, table);
        NextStep = 1;
        foreach (SlotState? slot in _byPosition)
        {
            if (slot is not null && slot.LastRound == Round)
                NextStep = Math.Max(NextStep, slot.Steps + 1);
        }
    }

    /// <summary>Counts the step for all parameters that took part.</summary>
    /// <param name="states">The states that were written, as a bit mask.</param>
    internal void Complete(int states)
    {
        foreach (SlotState? slot in _byPosition)
        {
            if (slot is null || slot.LastRound != Round)
                continue;
            slot.Steps++;
            slot.Unwritten &= ~states;
        }
    }

    /// <summary>Throws if the state was saved for a model with other parameters.</summary>
    /// <exception cref="InvalidDataException">The models differ. The message names the first difference.</exception>
    internal void ThrowIfOfOtherModel(SavedState saved)
    {
        // The parameters of the model are unknown before its first step.
        if (_paths.Count == 0 || _isLoaded)
            return;
        if (FindDifference(saved.Paths, _paths) is { } difference)
            throw new InvalidDataException(difference);
        foreach (SlotState slot in saved.Slots)
        {
            if (_byPath.TryGetValue(slot.Path, out SlotState? own) && (own.Length != slot.Length || own.Type != slot.Type))
            {
                throw new InvalidDataException(
                    $"'{slot.Path}' was saved with {slot.Length} elements of type {slot.Type}, but the model has {own.Length} of type "
                    + $"{own.Type}.");
            }
        }
    }

    /// <summary>Replaces all states with the saved ones.</summary>
    internal void Replace(SavedState saved)
    {
        _byPath.Clear();
        _byPosition = [];
        _paths = new HashSet<string>(saved.Paths, StringComparer.Ordinal);
        foreach (SlotState slot in saved.Slots)
            _byPath.Add(slot.Path, slot);
        _isLoaded = saved.Paths.Count > 0;
    }

    private static string? FindDifference(IReadOnlyCollection<string> saved, IReadOnlyCollection<string> own)
    {
        if (saved.Except(own).FirstOrDefault() is { } missing)
            return $"'{missing}' was saved, but the model has no such parameter.";
        return own.Except(saved).FirstOrDefault() is { } added
            ? $"The model has the parameter '{added}', which was not saved."
            : null;
    }

    // A separate method: only needed when the model has changed.
    private void Bind<TSource>(TSource gradients, int states, BufferTable? table)
        where TSource : IGradientSource
    {
        GradientNames names = GradientNames.Of(gradients);
        GradientNames paths = GradientNames.OfParameters(gradients);
        var walk = Walk<ReadSlots>.Through(gradients, new ReadSlots(this, names, paths, table));
        string[] all = [.. Enumerable.Range(0, walk.Positions).Select(paths.At)];
        if (_isLoaded && FindDifference(_paths, all) is { } difference)
        {
            throw new InvalidOperationException("The optimizer was loaded with the state of another model. "
                + $"{difference} Nothing was changed.");
        }

        ThrowIfOneParameterHasTwoGradients(gradients, table);

        // All checks have passed. Only now are the states replaced.
        _isLoaded = false;
        _paths.UnionWith(all);
        _byPosition = new SlotState?[walk.Positions];
        foreach ((int position, SlotState found) in walk.Operation.Found)
        {
            if (!_byPath.TryGetValue(found.Path, out SlotState? slot))
            {
                slot = found;
                _byPath.Add(slot.Path, slot);
            }

            slot.Add(states);
            slot.Keys = found.Keys;
            slot.LastRound = Round;
            _byPosition[position] = slot;
        }
    }

    // Each of two gradients would update the parameter with a state of its own.
    private static void ThrowIfOneParameterHasTwoGradients<TSource>(TSource gradients, BufferTable? tied)
        where TSource : IGradientSource
    {
        var parameters = new ParameterSource<TSource>(gradients, ordinal => tied is not null && tied[ordinal].IsTied);
        BufferTable table = BufferTable.Rent([]);
        try
        {
            if (!TieSearch.MarkTied(parameters, table, hasAddresses: false))
                return;
            int second = 0;
            while (!table[second].IsTied)
                second++;
            GradientNames names = GradientNames.Of(parameters);
            throw new InvalidOperationException(
                $"The gradient '{names[second]}' has the same parameter as another gradient. Add the gradients up in one buffer, "
                + "which both members hold, or leave one of them out with [ClipIgnore]. Nothing was changed.");
        }
        finally
        {
            BufferTable.Return(table);
        }
    }

    /// <summary>Finds the state of a parameter by its path.</summary>
    internal SlotState? Find(string path) => _byPath.GetValueOrDefault(path);
}

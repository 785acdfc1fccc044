using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Overlap;
using ClipGen.Numerics.Walking;
using ClipGen.Optimizers.Saving;

namespace ClipGen.Optimizers.Stepping;

/// <summary>What an optimizer keeps of the parameters of its model: by path, and, while the model stays as it is, by position.</summary>
internal sealed class StateTable
{
    private readonly Dictionary<string, SlotState> _byPath = new(StringComparer.Ordinal);
    private SlotState?[] _byPosition = [];
    private HashSet<string> _paths = new(StringComparer.Ordinal);

    // Until the first step after a load: then the model has to be the saved one.
    private bool _isLoaded;

    /// <summary>The paths of all parameters of the model, those without a gradient so far included.</summary>
    internal IReadOnlyCollection<string> Paths => _paths;

    /// <summary>The states, in the order in which parameters were first met.</summary>
    internal IReadOnlyCollection<SlotState> Slots => _byPath.Values;

    /// <summary>The number of the step under way.</summary>
    internal long Round { get; private set; }

    /// <summary>The number that the next step of a parameter has that took part in all of them; 1 for the first.</summary>
    internal long NextStep { get; private set; } = 1;

    /// <summary>What is kept at a position; null where nothing is.</summary>
    internal SlotState? this[int position] => (uint)position < (uint)_byPosition.Length ? _byPosition[position] : null;

    /// <summary>
    /// Makes ready for a step: every gradient has a parameter of its length, and every parameter its states. Changes no gradient and no
    /// parameter.
    /// </summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="states">The states that are needed: a bit for each.</param>
    /// <param name="table">Tells which gradients are tied; null where none is.</param>
    /// <exception cref="InvalidOperationException">A gradient has no parameter, or one of another length, or the parameter is not what it
    /// was.</exception>
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

    /// <summary>Counts the step of all parameters that took part.</summary>
    /// <param name="states">The states that were written: a bit for each.</param>
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

    /// <summary>Refuses what was saved of a model with other parameters.</summary>
    /// <exception cref="InvalidDataException">The models differ. The message names the first parameter that does.</exception>
    internal void ThrowIfOfOtherModel(SavedState saved)
    {
        // Nothing is known of the model before its first step.
        if (_paths.Count == 0 || _isLoaded)
            return;
        if (FindDifference(saved.Paths, _paths) is { } difference)
            throw new InvalidDataException(difference);
        foreach (SlotState slot in saved.Slots)
        {
            if (_byPath.TryGetValue(slot.Path, out SlotState? own) && (own.Length != slot.Length || own.Type != slot.Type))
            {
                throw new InvalidDataException(
                    $"'{slot.Path}' was saved with {slot.Length} elements of type {slot.Type}, and the model has {own.Length} of type "
                    + $"{own.Type}.");
            }
        }
    }

    /// <summary>Replaces everything that is kept by what was saved.</summary>
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
            return $"'{missing}' was saved, and the model has no such parameter.";
        return own.Except(saved).FirstOrDefault() is { } added
            ? $"The model has the parameter '{added}', of which nothing was saved."
            : null;
    }

    // On its own: a step of a model that is as it was does not need it.
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

        // All were accepted. Only now is anything kept.
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

    // Each would step it, with a state of its own.
    private static void ThrowIfOneParameterHasTwoGradients<TSource>(TSource gradients, BufferTable? tied)
        where TSource : IGradientSource
    {
        var parameters = new ParameterSource<TSource>(gradients, tied);
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
                $"The parameter of the gradient '{names[second]}' is also that of another gradient. Add the gradients up in one buffer, "
                + "which both members hold, or leave one of them out with [ClipIgnore]. Nothing was changed.");
        }
        finally
        {
            BufferTable.Return(table);
        }
    }

    /// <summary>What is kept of a parameter that is met again, and is what it was.</summary>
    internal SlotState? Find(string path) => _byPath.GetValueOrDefault(path);
}

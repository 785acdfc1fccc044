using ClipGen.Optimizers.Saving;

namespace ClipGen.Optimizers;

/// <content>Saving and loading of options and state.</content>
public abstract partial class Optimizer
{
    /// <summary>
    /// Writes options and state in the safetensors format, which other tools can read: one tensor for each state of each parameter, such as
    /// <c>_layers[3]._w.exp_avg</c>. The metadata contains the step counts and the options.
    /// </summary>
    /// <param name="stream">The stream. It stays open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        new SavedState(CurrentOptions(), [.. States.Slots], [.. States.Paths]).Write(stream, KindName, StateNames);
    }

    /// <summary>
    /// Reads options and state written by <see cref="Save"/>. Training that continues from them gives the same bits as training that was
    /// not interrupted.
    /// </summary>
    /// <param name="stream">The stream. It is read to its end, and stays open.</param>
    /// <remarks>
    /// If the optimizer has not stepped yet, its first step compares the paths and lengths with those of its model, and throws if they
    /// differ.
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="InvalidDataException">
    /// The stream is truncated, does not contain the state of an optimizer of this type, or contains the state of another model. Nothing
    /// was changed.
    /// </exception>
    public void Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        IReadOnlyDictionary<string, string> current = CurrentOptions();
        try
        {
            SavedState saved = SavedState.Read(stream, KindName, StateNames);
            States.ThrowIfOfOtherModel(saved);
            ReadOptions(saved.Options);
            States.Replace(saved);
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentOutOfRangeException)
        {
            ReadOptions(current);
            throw new InvalidDataException($"The state of the optimizer was not loaded, and nothing was changed. {exception.Message}",
                exception);
        }
    }

    /// <summary>The names of the states, as in PyTorch. The position of a name is the position of the state.</summary>
    private protected abstract string[] StateNames { get; }

    /// <summary>The name of the kind of optimizer in a file.</summary>
    private protected virtual string KindName => GetType().Name;

    /// <summary>Writes the options into a list, or reads them from it.</summary>
    private protected abstract void ExchangeOptions(OptionList options);

    private Dictionary<string, string> CurrentOptions()
    {
        var options = new OptionList();
        LearningRate = options.Exchange("learning_rate", LearningRate);
        ExchangeOptions(options);
        return options.Written;
    }

    private void ReadOptions(IReadOnlyDictionary<string, string> read)
    {
        var options = new OptionList(read);
        LearningRate = options.Exchange("learning_rate", LearningRate);
        ExchangeOptions(options);
    }
}

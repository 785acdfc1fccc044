namespace ClipGen.Observing.Recording;

/// <summary>The record of a run, in bounded memory. Not thread-safe; a recorder uses a lock.</summary>
/// <param name="name">The run's name.</param>
/// <param name="started">The start of the run.</param>
internal sealed class RunRecord(string name, DateTimeOffset started)
{
    /// <summary>The maximum number of models and calls with separate records. Clips of others are only counted.</summary>
    internal const int MostModels = 64;

    private readonly List<ModelRecord> _models = [];

    /// <summary>The run's name.</summary>
    internal string Name { get; } = name;

    /// <summary>The start of the run.</summary>
    internal DateTimeOffset Started { get; } = started;

    /// <summary>The models, in the order in which they were first recorded.</summary>
    internal IReadOnlyList<ModelRecord> Models => _models;

    /// <summary>The number of steps of models beyond <see cref="MostModels"/>.</summary>
    internal long LeftOut { get; set; }

    /// <summary>The number of steps of all models.</summary>
    internal long Steps => LeftOut + _models.Sum(model => model.Steps);

    /// <summary>Adds a model. Returns null if there are too many.</summary>
    internal ModelRecord? Add(ModelIdentity identity)
    {
        if (_models.Count == MostModels)
            return null;
        var model = new ModelRecord(identity);
        _models.Add(model);
        return model;
    }
}

namespace ClipGen.Observing.Recording;

/// <summary>What was recorded of a run, in bounded memory. Not thread-safe: a recorder locks.</summary>
/// <param name="name">The run's name.</param>
/// <param name="started">When it began.</param>
internal sealed class RunRecord(string name, DateTimeOffset started)
{
    /// <summary>The most models and calls that are told apart. What others clip is only counted.</summary>
    internal const int MostModels = 64;

    private readonly List<ModelRecord> _models = [];

    /// <summary>The run's name.</summary>
    internal string Name { get; } = name;

    /// <summary>When it began.</summary>
    internal DateTimeOffset Started { get; } = started;

    /// <summary>The models, in the order in which they were met.</summary>
    internal IReadOnlyList<ModelRecord> Models => _models;

    /// <summary>The number of steps of models beyond <see cref="MostModels"/>.</summary>
    internal long LeftOut { get; set; }

    /// <summary>The number of steps of all models.</summary>
    internal long Steps => LeftOut + _models.Sum(model => model.Steps);

    /// <summary>Adds a model. Null where there are too many.</summary>
    internal ModelRecord? Add(ModelIdentity identity)
    {
        if (_models.Count == MostModels)
            return null;
        var model = new ModelRecord(identity);
        _models.Add(model);
        return model;
    }
}

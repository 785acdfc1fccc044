namespace ClipGen.Analyzers.TrainingLoops.Screening;

/// <summary>The name of one method and the identifiers in it.</summary>
internal sealed class MethodIdentifiers(string name, IEnumerable<string> identifiers)
{
    private readonly HashSet<string> _identifiers = [.. identifiers];

    public string Name { get; } = name;

    public IEnumerable<string> Identifiers => _identifiers;

    public bool Any(Func<string, bool> isAsked) => _identifiers.Any(isAsked);
}

using System.Collections;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Values;

/// <summary>The target of each parameter of a called method; <see langword="null"/> for an argument that is not understood.</summary>
internal sealed class ArgumentMap : IEnumerable<KeyValuePair<ISymbol, Target?>>
{
    public static readonly ArgumentMap Empty = new(0);

    private readonly Dictionary<ISymbol, Target?> _targets;

    private ArgumentMap(int capacity)
        : this(new Dictionary<ISymbol, Target?>(capacity, SymbolEqualityComparer.Default))
    {
    }

    private ArgumentMap(Dictionary<ISymbol, Target?> targets) => _targets = targets;

    /// <param name="arguments">Parameters, by their original definition, and their targets. If a parameter has several targets, the last
    /// counts.</param>
    public static ArgumentMap Of(IReadOnlyCollection<KeyValuePair<ISymbol, Target?>> arguments)
    {
        if (arguments.Count == 0)
            return Empty;
        var map = new ArgumentMap(arguments.Count);
        foreach (KeyValuePair<ISymbol, Target?> argument in arguments)
            map._targets[argument.Key] = argument.Value;
        return map;
    }

    public bool IsEmpty => _targets.Count == 0;

    public bool TryGetValue(ISymbol parameter, out Target? argument) => _targets.TryGetValue(parameter, out argument);

    /// <summary>The same arguments as a caller sees them.</summary>
    public ArgumentMap Substitute(ArgumentMap arguments, Target? receiver)
    {
        Dictionary<ISymbol, Target?>? changed = null;
        foreach (KeyValuePair<ISymbol, Target?> argument in _targets)
        {
            Target? target = argument.Value?.Substitute(arguments, receiver);
            if (target != argument.Value)
                (changed ??= new Dictionary<ISymbol, Target?>(_targets, SymbolEqualityComparer.Default))[argument.Key] = target;
        }

        return changed is null ? this : new ArgumentMap(changed);
    }

    /// <summary>The same arguments for the parameters of an override or implementation of the called method.</summary>
    public ArgumentMap For(IMethodSymbol candidate, IMethodSymbol named)
    {
        if (_targets.Count == 0 || SymbolEqualityComparer.Default.Equals(named.OriginalDefinition, candidate.OriginalDefinition))
            return this;
        var map = new ArgumentMap(_targets.Count);
        for (int i = 0; i < Math.Min(named.Parameters.Length, candidate.Parameters.Length); i++)
        {
            if (TryGetValue(named.Parameters[i].OriginalDefinition, out Target? argument))
                map._targets[candidate.Parameters[i].OriginalDefinition] = argument;
        }

        return map;
    }

    public IEnumerator<KeyValuePair<ISymbol, Target?>> GetEnumerator() => _targets.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

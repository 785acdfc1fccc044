using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Buffers;

/// <summary>
/// What an expression over buffers can stand for: members and parameters, directly or as parts of pairs. A sequence stands for what its
/// items stand for.
/// </summary>
internal sealed class BufferValue
{
    private static readonly ImmutableDictionary<string, BufferValue> NoParts =
        ImmutableDictionary.Create<string, BufferValue>(StringComparer.OrdinalIgnoreCase);

    public static readonly BufferValue Nothing = new(ImmutableHashSet<BufferRoot>.Empty, null);

    private readonly ImmutableDictionary<string, BufferValue> _parts;

    private BufferValue(ImmutableHashSet<BufferRoot> roots, ImmutableDictionary<string, BufferValue>? parts)
    {
        Roots = roots;
        _parts = parts ?? NoParts;
    }

    /// <summary>The members, parameters and variables that the value, or a part of them, can be.</summary>
    public ImmutableHashSet<BufferRoot> Roots { get; }

    /// <summary>All roots, those of the parts of pairs included.</summary>
    public IEnumerable<BufferRoot> AllRoots => Roots.Concat(_parts.Values.SelectMany(part => part.Roots));

    public bool IsNothing => Roots.IsEmpty && _parts.Count == 0;

    public static BufferValue Of(ISymbol symbol) => new(ImmutableHashSet.Create(new BufferRoot(symbol, "")), null);

    /// <summary>A pair, or another value with named parts.</summary>
    public static BufferValue Of(IEnumerable<KeyValuePair<string, BufferValue>> parts)
    {
        ImmutableDictionary<string, BufferValue> known = NoParts;
        foreach (KeyValuePair<string, BufferValue> part in parts)
            known = known.SetItem(part.Key, part.Value);
        return new BufferValue(Nothing.Roots, known);
    }

    public static BufferValue operator |(BufferValue left, BufferValue right)
    {
        if (right.IsNothing || left.Roots.Count > AnalysisLimits.RootsOfBuffer)
            return left;
        if (left.IsNothing)
            return right;
        ImmutableDictionary<string, BufferValue> parts = left._parts;
        foreach (KeyValuePair<string, BufferValue> part in right._parts)
            parts = parts.SetItem(part.Key, parts.TryGetValue(part.Key, out BufferValue? known) ? known | part.Value : part.Value);
        return new BufferValue(left.Roots.Union(right.Roots), parts);
    }

    /// <summary>A part of the pair. A value without known parts keeps the names of the parts.</summary>
    public BufferValue Part(string name) => _parts.TryGetValue(name, out BufferValue? part) ? part
        : new BufferValue(Roots.Where(root => root.IsOpen).Select(root => root.Append(name)).ToImmutableHashSet(), null);

    /// <summary>Whether the value is a pair with a part of that name.</summary>
    public bool HasPart(string name) => _parts.ContainsKey(name);

    /// <summary>All parts in one value, for a computation that reads the pair.</summary>
    public BufferValue Flattened() => _parts.Values.Aggregate(new BufferValue(Roots, null), (all, part) => all | part.Flattened());

    /// <summary>The value with parameters replaced by their arguments. Parameters without an argument stay.</summary>
    public BufferValue Substitute(Func<IParameterSymbol, BufferValue?> arguments)
    {
        var result = new BufferValue(Roots.Where(root => ArgumentOf(root) is null).ToImmutableHashSet(), null);
        foreach (BufferRoot root in Roots)
        {
            if (ArgumentOf(root) is { } argument)
                result |= root.Path.Length == 0 ? argument : root.Path.Split('.').Aggregate(argument, (value, part) => value.Part(part));
        }

        return _parts.Count == 0
            ? result
            : result | Of(_parts.Select(part => new KeyValuePair<string, BufferValue>(part.Key, part.Value.Substitute(arguments))));

        BufferValue? ArgumentOf(BufferRoot root) => root.Symbol is IParameterSymbol parameter ? arguments(parameter) : null;
    }
}

/// <summary>A member, parameter or variable, and the part of it that is used.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Path">The names of the parts, separated by dots; empty for the whole.</param>
internal readonly record struct BufferRoot(ISymbol Symbol, string Path)
{
    /// <summary>Whether it can be resolved further, because it stands for the value of a caller or of another member.</summary>
    public bool IsOpen => Symbol is IParameterSymbol;

    public BufferRoot Append(string part) => this with { Path = Path.Length == 0 ? part : $"{Path}.{part}" };

    public bool Equals(BufferRoot other) => Path == other.Path && SymbolEqualityComparer.Default.Equals(Symbol, other.Symbol);

    public override int GetHashCode() => SymbolEqualityComparer.Default.GetHashCode(Symbol);
}

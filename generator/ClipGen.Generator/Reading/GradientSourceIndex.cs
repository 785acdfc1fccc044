using System.Runtime.CompilerServices;
using ClipGen.Generator.Checks;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>
/// Decides which types of a compilation are gradient sources and reads their declarations. There is one index per compilation, and each
/// type is decided and read once. The index is thread-safe.
/// </summary>
internal sealed class GradientSourceIndex
{
    private static readonly ConditionalWeakTable<Compilation, GradientSourceIndex> Indexes = new();

    private readonly object _gate = new();
    private readonly Compilation _compilation;
    private readonly GradientSourceAssemblies _assemblies;
    private readonly GradientSourceDecisions _decisions;
    private readonly Dictionary<INamedTypeSymbol, ParsedGradientSource> _parsed = new(SymbolEqualityComparer.Default);
    private readonly HashSet<INamedTypeSymbol> _checked = new(SymbolEqualityComparer.Default);
    private readonly HashSet<INamedTypeSymbol> _broken = new(SymbolEqualityComparer.Default);

    private GradientSourceIndex(Compilation compilation)
    {
        _compilation = compilation;
        External = new ExternalGradientSources(compilation);
        _assemblies = new GradientSourceAssemblies(compilation, External);
        _decisions = new GradientSourceDecisions(compilation, External, _assemblies);
        Forms = new GradientFormParser(IsGradientSource, IsGenerated, External, _assemblies);
    }

    /// <summary>The types of other assemblies that this compilation declares to hold gradients.</summary>
    public ExternalGradientSources External { get; }

    /// <summary>The forms in which this compilation's types hold gradients.</summary>
    public GradientFormParser Forms { get; }

    public static GradientSourceIndex Of(Compilation compilation) =>
        Indexes.GetValue(compilation, static key => new GradientSourceIndex(key));

    /// <summary>The problems of the attributes of the assembly.</summary>
    public IEnumerable<Problem> FindAssemblyProblems() => External.FindProblems(Forms.ParseGradient);

    /// <summary>Whether the type is a gradient source: it implements the traversal, or generated code will.</summary>
    public bool IsGradientSource(ITypeSymbol type)
    {
        lock (_gate)
        {
            return _decisions.IsGradientSource(type);
        }
    }

    /// <summary>Whether the type belongs to this compilation and becomes a gradient source by generated code.</summary>
    public bool IsGenerated(INamedTypeSymbol type)
    {
        lock (_gate)
        {
            return _decisions.IsGenerated(type);
        }
    }

    public bool IsInThisCompilation(INamedTypeSymbol type) =>
        SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, _compilation.Assembly);

    /// <summary>Whether a type of that assembly, or a type constructed from one, can be a gradient source.</summary>
    public bool MayHoldGradientSources(ITypeSymbol type) => _assemblies.MayHoldGradientSources(type);

    /// <summary>The declaration of a type of this compilation that has attributes or holds gradient sources.</summary>
    public ParsedGradientSource Read(INamedTypeSymbol type, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return Parse(type.OriginalDefinition, cancellation);
        }
    }

    /// <summary>The problems of the type itself, including members that lead back to its holder.</summary>
    public IReadOnlyList<Problem> FindProblems(INamedTypeSymbol type, CancellationToken cancellation)
    {
        lock (_gate)
        {
            Check(type.OriginalDefinition, cancellation);
            return Parse(type.OriginalDefinition, cancellation).Problems;
        }
    }

    /// <summary>Whether code can be emitted for the type: neither it nor any type whose generated code it calls has an error.</summary>
    public bool CanEmit(INamedTypeSymbol type, CancellationToken cancellation)
    {
        lock (_gate)
        {
            Check(type.OriginalDefinition, cancellation);
            return !_broken.Contains(type.OriginalDefinition);
        }
    }

    /// <summary>The types and every type of this compilation whose generated code they need, directly or not.</summary>
    public IReadOnlyList<ParsedGradientSource> ReadClosure(IEnumerable<INamedTypeSymbol> roots, CancellationToken cancellation) =>
        Walk(roots, static _ => true, cancellation);

    /// <summary>
    /// The type and the types without attributes that it needs, up to the next types with attributes. Each of those brings its own, so each
    /// type is read once.
    /// </summary>
    public IReadOnlyList<ParsedGradientSource> ReadWithHolders(INamedTypeSymbol annotated, CancellationToken cancellation) =>
        Walk([annotated], static type => !Annotations.IsAnnotated(type), cancellation);

    private List<ParsedGradientSource> Walk(
        IEnumerable<INamedTypeSymbol> roots, Func<INamedTypeSymbol, bool> isFollowed, CancellationToken cancellation)
    {
        lock (_gate)
        {
            var reached = new List<ParsedGradientSource>();
            var seen = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default);
            Add(roots, static _ => true);
            for (int i = 0; i < reached.Count; i++)
            {
                Add(reached[i].Uses, isFollowed);
            }

            return reached;

            void Add(IEnumerable<INamedTypeSymbol> types, Func<INamedTypeSymbol, bool> isWanted)
            {
                foreach (INamedTypeSymbol type in types)
                {
                    if (isWanted(type) && seen.Add(type.OriginalDefinition))
                    {
                        reached.Add(Parse(type.OriginalDefinition, cancellation));
                    }
                }
            }
        }
    }

    private ParsedGradientSource Parse(INamedTypeSymbol type, CancellationToken cancellation)
    {
        if (_parsed.TryGetValue(type, out ParsedGradientSource? known))
        {
            return known;
        }

        try
        {
            // Base classes first, so that reading a type never reads its base class in a nested call.
            foreach (INamedTypeSymbol ancestor in UnreadBases(type))
            {
                Parse(ancestor, cancellation);
            }

            cancellation.ThrowIfCancellationRequested();
            known = new GradientSourceReader(this, _compilation, Forms, type, [], cancellation).Read();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            known = ParsedGradientSource.Failed(type, exception);
        }

        _parsed[type] = known;
        return known;
    }

    /// <summary>The generated base classes of a type that are not read yet, the most distant one first.</summary>
    private Stack<INamedTypeSymbol> UnreadBases(INamedTypeSymbol type)
    {
        var bases = new Stack<INamedTypeSymbol>();
        for (INamedTypeSymbol? ancestor = type.BaseType?.OriginalDefinition;
            ancestor is not null && !_parsed.ContainsKey(ancestor) && _decisions.IsGenerated(ancestor);
            ancestor = ancestor.BaseType?.OriginalDefinition)
        {
            bases.Push(ancestor);
        }

        return bases;
    }

    /// <summary>
    /// Finds problems that depend on several types, in the type and everything that it needs: cycles, and errors in called generated code.
    /// </summary>
    private void Check(INamedTypeSymbol type, CancellationToken cancellation)
    {
        if (_checked.Contains(type))
        {
            return;
        }

        // Checked types need no unchecked types, so only the new ones are checked.
        List<ParsedGradientSource> added = Walk([type], candidate => !_checked.Contains(candidate.OriginalDefinition), cancellation);
        foreach ((ParsedGradientSource source, HeldGradientSource held) in FindBackReferences(added, cancellation))
        {
            source.Problems.Add(BackReferences.Describe(source, held));
        }

        foreach (ParsedGradientSource source in added.Where(
            source => !source.HasErrors && source.Declaration.Limits.Any(limit => limit.Group is not null)))
        {
            source.Problems.AddRange(GroupLimits.FindEmpty(source, ReadClosure([source.Symbol], cancellation), _compilation));
        }

        SpreadErrors(added);
        _checked.UnionWith(added.Select(source => source.Symbol));
    }

    private IEnumerable<(ParsedGradientSource Source, HeldGradientSource Held)> FindBackReferences(
        List<ParsedGradientSource> added, CancellationToken cancellation)
    {
        // Types that need each other need the same types, so those are searched once for all of them.
        IEnumerable<(ParsedGradientSource Source, HeldGradientSource Held)> named =
            from component in StrongComponents.Find(added, source => source.Uses.Select(used => _parsed[used]))
            where component.Any(BackReferences.IsSuspect)
            from found in BackReferences.FindNamedBackward(component, ReadClosure([component[0].Symbol], cancellation))
            select found;
        return BackReferences.FindClosing(added).Concat(named).Distinct().ToList();
    }

    private void SpreadErrors(List<ParsedGradientSource> added)
    {
        var users = new Dictionary<INamedTypeSymbol, List<INamedTypeSymbol>>(SymbolEqualityComparer.Default);
        var pending = new Queue<INamedTypeSymbol>();
        foreach (ParsedGradientSource source in added)
        {
            foreach (INamedTypeSymbol used in source.Uses)
            {
                if (!users.TryGetValue(used, out List<INamedTypeSymbol>? ofUsed))
                {
                    users.Add(used, ofUsed = []);
                }

                ofUsed.Add(source.Symbol);
            }

            if (source.HasErrors || source.Uses.Any(_broken.Contains))
            {
                pending.Enqueue(source.Symbol);
            }
        }

        while (pending.Count > 0)
        {
            INamedTypeSymbol broken = pending.Dequeue();
            if (_broken.Add(broken) && users.TryGetValue(broken, out List<INamedTypeSymbol>? ofBroken))
            {
                ofBroken.ForEach(pending.Enqueue);
            }
        }
    }
}

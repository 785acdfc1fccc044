using System.Runtime.CompilerServices;
using ClipGen.Generator.Checks;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>
/// Decides which types of a compilation are gradient sources and reads their declarations. There is one index per compilation, and each
/// type is decided and read once. The index is thread-safe.
/// </summary>
internal sealed class SourceIndex
{
    private static readonly ConditionalWeakTable<Compilation, SourceIndex> Indexes = new();

    private readonly object _gate = new();
    private readonly Compilation _compilation;
    private readonly SourceAssemblies _assemblies;
    private readonly SourceDecisions _decisions;
    private readonly Dictionary<INamedTypeSymbol, ParsedSource> _parsed = new(SymbolEqualityComparer.Default);
    private readonly HashSet<INamedTypeSymbol> _checked = new(SymbolEqualityComparer.Default);
    private readonly HashSet<INamedTypeSymbol> _broken = new(SymbolEqualityComparer.Default);

    private SourceIndex(Compilation compilation)
    {
        _compilation = compilation;
        External = new ExternalSources(compilation);
        _assemblies = new SourceAssemblies(compilation, External);
        _decisions = new SourceDecisions(compilation, External, _assemblies);
        Forms = new GradientFormParser(IsSource, IsGenerated, External, _assemblies);
    }

    /// <summary>The sources that this compilation declares for other assemblies' types.</summary>
    public ExternalSources External { get; }

    /// <summary>The forms in which this compilation's types hold gradients.</summary>
    public GradientFormParser Forms { get; }

    public static SourceIndex Of(Compilation compilation) => Indexes.GetValue(compilation, static key => new SourceIndex(key));

    /// <summary>What is wrong with the declarations that stand on the assembly.</summary>
    public IEnumerable<Problem> FindAssemblyProblems() => External.FindProblems(Forms.ParseGradient);

    /// <summary>Whether values of the type hand over gradients: the type implements the traversal, or generated code will.</summary>
    public bool IsSource(ITypeSymbol type)
    {
        lock (_gate)
        {
            return _decisions.IsSource(type);
        }
    }

    /// <summary>Whether the type belongs to this compilation and becomes a source by generated code.</summary>
    public bool IsGenerated(INamedTypeSymbol type)
    {
        lock (_gate)
        {
            return _decisions.IsGenerated(type);
        }
    }

    public bool IsInThisCompilation(INamedTypeSymbol type) =>
        SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, _compilation.Assembly);

    /// <summary>Whether a type of that assembly, or a type built with one, can be a source at all.</summary>
    public bool MayHoldSources(ITypeSymbol type) => _assemblies.MayHoldSources(type);

    /// <summary>The declaration of a type of this compilation that is annotated or holds sources.</summary>
    public ParsedSource Read(INamedTypeSymbol type, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return Parse(type.OriginalDefinition, cancellation);
        }
    }

    /// <summary>
    /// What is wrong in the type itself, including members that lead back to what holds it.
    /// </summary>
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
    public IReadOnlyList<ParsedSource> ReadClosure(IEnumerable<INamedTypeSymbol> roots, CancellationToken cancellation) =>
        Walk(roots, static _ => true, cancellation);

    /// <summary>
    /// The annotated type and the types without annotation that it needs, up to the next annotated types. Each annotated type brings its
    /// own, so that together they are read once.
    /// </summary>
    public IReadOnlyList<ParsedSource> ReadWithHolders(INamedTypeSymbol annotated, CancellationToken cancellation) =>
        Walk([annotated], static type => !Annotations.IsAnnotated(type), cancellation);

    private List<ParsedSource> Walk(
        IEnumerable<INamedTypeSymbol> roots, Func<INamedTypeSymbol, bool> isFollowed, CancellationToken cancellation)
    {
        lock (_gate)
        {
            var reached = new List<ParsedSource>();
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

    private ParsedSource Parse(INamedTypeSymbol type, CancellationToken cancellation)
    {
        if (_parsed.TryGetValue(type, out ParsedSource? known))
        {
            return known;
        }

        try
        {
            // Bases first, so that reading a type never reads its base in a deeper call.
            foreach (INamedTypeSymbol ancestor in UnreadBases(type))
            {
                Parse(ancestor, cancellation);
            }

            cancellation.ThrowIfCancellationRequested();
            known = new SourceReader(this, _compilation, Forms, type, cancellation).Read();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            known = ParsedSource.Failed(type, exception);
        }

        _parsed[type] = known;
        return known;
    }

    /// <summary>The generated bases of a type that are not read yet, the most distant one first.</summary>
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
    /// Finds what depends on more than one type, in the type and all that it needs: circles, and errors in what generated code calls.
    /// </summary>
    private void Check(INamedTypeSymbol type, CancellationToken cancellation)
    {
        if (_checked.Contains(type))
        {
            return;
        }

        // What is checked already is closed: it needs nothing outside of itself. So the new part is looked at on its own.
        List<ParsedSource> added = Walk([type], candidate => !_checked.Contains(candidate.OriginalDefinition), cancellation);
        foreach ((ParsedSource source, HeldSource held) in FindBackReferences(added, cancellation))
        {
            source.Problems.Add(BackReferences.Describe(source, held));
        }

        foreach (ParsedSource source in added.Where(
            source => !source.HasErrors && source.Declaration.Limits.Any(limit => limit.Group is not null)))
        {
            source.Problems.AddRange(GroupLimits.FindEmpty(source, ReadClosure([source.Symbol], cancellation), _compilation));
        }

        SpreadErrors(added);
        _checked.UnionWith(added.Select(source => source.Symbol));
    }

    private IEnumerable<(ParsedSource Source, HeldSource Held)> FindBackReferences(List<ParsedSource> added, CancellationToken cancellation)
    {
        // Types that need each other need the same types, so those are looked through once for all of them.
        IEnumerable<(ParsedSource Source, HeldSource Held)> named =
            from component in StrongComponents.Find(added, source => source.Uses.Select(used => _parsed[used]))
            where component.Any(BackReferences.IsSuspect)
            from found in BackReferences.FindNamedBackward(component, ReadClosure([component[0].Symbol], cancellation))
            select found;
        return BackReferences.FindClosing(added).Concat(named).Distinct().ToList();
    }

    private void SpreadErrors(List<ParsedSource> added)
    {
        var users = new Dictionary<INamedTypeSymbol, List<INamedTypeSymbol>>(SymbolEqualityComparer.Default);
        var pending = new Queue<INamedTypeSymbol>();
        foreach (ParsedSource source in added)
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

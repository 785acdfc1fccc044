using ClipGen.Analyzers.Declarations.Code;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Declarations.Undeclared;

/// <summary>
/// The types of a compilation in which an undeclared gradient is missing from a norm: types with attributes, the types that they hold,
/// directly or through others, and the types that derive from either. Other types are ignored.
/// </summary>
internal sealed class ModelReach
{
    private readonly Dictionary<INamedTypeSymbol, Reached> _reached = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<INamedTypeSymbol, List<INamedTypeSymbol>> _derived = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<INamedTypeSymbol, HashSet<string>> _namedByDerived = new(SymbolEqualityComparer.Default);
    private readonly HashSet<INamedTypeSymbol> _basesOfAnnotated = new(SymbolEqualityComparer.Default);
    private readonly HashSet<INamedTypeSymbol> _emitted = new(SymbolEqualityComparer.Default);
    private readonly IAssemblySymbol _assembly;
    private readonly CancellationToken _cancellation;
    private readonly CodeIndex _code;

    private ModelReach(Compilation compilation, CancellationToken cancellation)
    {
        _assembly = compilation.Assembly;
        _code = new CodeIndex(_assembly);
        _cancellation = cancellation;
        List<INamedTypeSymbol> types = AllTypes();
        foreach (INamedTypeSymbol type in types)
        {
            AddToBases(type);
        }

        // Models first, so that types shared with a layer are reported for the model. Sorted by name, so that messages do not depend on the
        // order of files.
        INamedTypeSymbol[] annotated =
        [
            .. types.Where(Annotations.IsAnnotated)
                .OrderByDescending(type => type.GetAttributes().Any(LimitParser.IsClipAttribute))
                .ThenBy(type => type.ToDisplayString(), StringComparer.Ordinal),
        ];
        _emitted.UnionWith(GradientSourceIndex.Of(compilation).ReadClosure(annotated, cancellation).Select(source => source.Symbol));
        foreach (INamedTypeSymbol type in annotated)
        {
            _basesOfAnnotated.UnionWith(Ancestors(type).Select(ancestor => ancestor.OriginalDefinition));
            Walk(type);
        }

        // A type that derives from a gradient source of another assembly. No type here holds it, but its gradients are missing wherever it
        // is held.
        foreach (INamedTypeSymbol type in types)
        {
            if (type.BaseType is { SpecialType: SpecialType.None } baseType && !IsHere(baseType)
                && Annotations.ImplementsTraversal(baseType))
            {
                Walk(type);
            }
        }
    }

    public static ModelReach Of(Compilation compilation, CancellationToken cancellation) => new(compilation, cancellation);

    /// <summary>Whether the type has attributes, is held by such a type, or derives from either.</summary>
    public bool IsReached(INamedTypeSymbol type) => _reached.ContainsKey(type.OriginalDefinition);

    /// <summary>
    /// The name of the type that is clipped without the type's undeclared gradients: the model that reaches it, or the type itself.
    /// </summary>
    public string NameOfClipped(INamedTypeSymbol type) =>
        !Annotations.IsAnnotated(type) && _reached.TryGetValue(type.OriginalDefinition, out Reached? reached)
            && reached.Root.GetAttributes().Any(LimitParser.IsClipAttribute)
            ? reached.Root.Name
            : type.Name;

    /// <summary>What leaves the type's undeclared gradients out. Gradients without a limit are not clipped, but count in norms.</summary>
    public string NormOver(INamedTypeSymbol type)
    {
        string name = NameOfClipped(type);
        bool isHeld = _reached.TryGetValue(type.OriginalDefinition, out Reached? reached) && IsClipped(reached.Root);
        bool isClipped = isHeld || IsClipped(type);
        return isClipped ? $"clipping '{name}'" : $"a norm over '{name}'";

        static bool IsClipped(INamedTypeSymbol? type)
        {
            for (INamedTypeSymbol? current = type; current is not null; current = current.BaseType)
            {
                if (current.GetAttributes().Any(LimitParser.IsClipAttribute)
                    || current.GetMembers().Any(member => member.GetAttributes().Any(LimitParser.IsClipAttribute)))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The code of a type of this compilation; null for other types.</summary>
    public TypeBodies? CodeOf(INamedTypeSymbol type, CancellationToken cancellation) => _code.Of(type, cancellation);

    /// <summary>The types that derive from the type or implement it.</summary>
    public IEnumerable<INamedTypeSymbol> DerivedFrom(INamedTypeSymbol type) =>
        _derived.TryGetValue(type.OriginalDefinition, out List<INamedTypeSymbol>? derived) ? derived : [];

    /// <summary>The types that hold the type.</summary>
    public IEnumerable<INamedTypeSymbol> HoldersOf(INamedTypeSymbol type) =>
        _reached.TryGetValue(type.OriginalDefinition, out Reached? reached) ? reached.Holders : [];

    /// <summary>Whether the generator adds a traversal to the type.</summary>
    public bool IsEmitted(INamedTypeSymbol type) => _emitted.Contains(type.OriginalDefinition);

    /// <summary>Whether a type with attributes inherits the type's members.</summary>
    public bool IsBaseOfAnnotated(INamedTypeSymbol type) => _basesOfAnnotated.Contains(type.OriginalDefinition);

    /// <summary>Whether a derived type names the member as the gradient of one of its parameters.</summary>
    public bool IsNamedByDerived(ISymbol member) =>
        _namedByDerived.TryGetValue(member.ContainingType.OriginalDefinition, out HashSet<string>? names) && names.Contains(member.Name);

    /// <summary>The types of the objects in a member: the member's type, or the item types of a collection.</summary>
    public static IEnumerable<INamedTypeSymbol> HeldTypes(ITypeSymbol type) => HeldTypes(type, 0);

    private static IEnumerable<INamedTypeSymbol> HeldTypes(ITypeSymbol type, int depth)
    {
        // A type can be a collection of itself. Deeper nesting does not occur.
        if (depth == 8)
        {
            return [];
        }

        switch (type)
        {
            case IArrayTypeSymbol array:
                return HeldTypes(array.ElementType, depth + 1);
            case ITypeParameterSymbol parameter:
                return parameter.ConstraintTypes.SelectMany(constraint => HeldTypes(constraint, depth + 1));
            case INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable:
                return HeldTypes(nullable.TypeArguments[0], depth + 1);
            case INamedTypeSymbol { SpecialType: SpecialType.None } named:
                IEnumerable<ITypeSymbol> items = named.AllInterfaces.Append(named)
                    .Where(candidate => candidate.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T)
                    .Select(candidate => candidate.TypeArguments[0]);
                return items.SelectMany(item => HeldTypes(Value(item), depth + 1)).Prepend(named);
            default:
                return [];
        }
    }

    /// <summary>The enumerated items of a dictionary are pairs.</summary>
    private static ITypeSymbol Value(ITypeSymbol item) =>
        item is INamedTypeSymbol { Name: "KeyValuePair", TypeArguments.Length: 2 } pair ? pair.TypeArguments[1] : item;

    private List<INamedTypeSymbol> AllTypes()
    {
        var types = new List<INamedTypeSymbol>();
        var pending = new Stack<INamespaceOrTypeSymbol>();
        pending.Push(_assembly.GlobalNamespace);
        while (pending.Count > 0)
        {
            _cancellation.ThrowIfCancellationRequested();
            INamespaceOrTypeSymbol current = pending.Pop();
            if (current is INamedTypeSymbol type)
            {
                types.Add(type);
            }

            // By name, so that the result does not depend on the order of files.
            foreach (INamespaceOrTypeSymbol inner in current.GetMembers().OfType<INamespaceOrTypeSymbol>()
                .OrderByDescending(inner => inner.MetadataName, StringComparer.Ordinal))
            {
                pending.Push(inner);
            }
        }

        return types;
    }

    private void AddToBases(INamedTypeSymbol type)
    {
        // Most types derive from no type of this compilation. Their attributes need not be read.
        INamedTypeSymbol[] ancestors = [.. Ancestors(type).Where(IsHere)];
        if (ancestors.Length > 0)
        {
            string[] named =
            [
                .. type.GetMembers().SelectMany(member => member.GetAttributes())
                    .Where(attribute => WellKnownNames.IsClipGenType(attribute.AttributeClass, WellKnownNames.Parameter))
                    .Select(MemberSymbols.GradientName)
                    .OfType<string>(),
            ];
            foreach (INamedTypeSymbol ancestor in ancestors)
            {
                if (!_namedByDerived.TryGetValue(ancestor.OriginalDefinition, out HashSet<string>? names))
                {
                    _namedByDerived.Add(ancestor.OriginalDefinition, names = []);
                }

                names.UnionWith(named);
            }
        }

        foreach (INamedTypeSymbol parent in ancestors.Concat(type.AllInterfaces.Where(IsHere)))
        {
            if (!_derived.TryGetValue(parent.OriginalDefinition, out List<INamedTypeSymbol>? derived))
            {
                _derived.Add(parent.OriginalDefinition, derived = []);
            }

            derived.Add(type);
        }
    }

    private static IEnumerable<INamedTypeSymbol> Ancestors(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            yield return ancestor;
        }
    }

    private void Walk(INamedTypeSymbol root)
    {
        var pending = new Queue<INamedTypeSymbol>();
        Reach(root, root, null, pending);
        ReachDerived(root, root, pending);
        while (pending.Count > 0)
        {
            _cancellation.ThrowIfCancellationRequested();
            INamedTypeSymbol type = pending.Dequeue();
            foreach (INamedTypeSymbol held in MemberSymbols.Held(type).SelectMany(member => HeldTypes(MemberSymbols.TypeOf(member))))
            {
                // A member can hold objects of any derived type.
                Reach(held, root, type, pending);
                ReachDerived(held, root, pending);
            }

            // The members of a base class belong to the type. Other types that derive from the base class do not.
            if (type.BaseType is { } baseType)
            {
                Reach(baseType, root, null, pending);
            }
        }
    }

    private void ReachDerived(INamedTypeSymbol type, INamedTypeSymbol root, Queue<INamedTypeSymbol> pending)
    {
        if (_derived.TryGetValue(type.OriginalDefinition, out List<INamedTypeSymbol>? derived))
        {
            foreach (INamedTypeSymbol child in derived)
            {
                Reach(child, root, null, pending);
            }
        }
    }

    private void Reach(INamedTypeSymbol type, INamedTypeSymbol root, INamedTypeSymbol? holder, Queue<INamedTypeSymbol> pending)
    {
        type = type.OriginalDefinition;
        if (!IsHere(type) || (!Annotations.IsAnnotated(type) && NetworkEvidence.IsOptimizer(type)))
        {
            return;
        }

        if (!_reached.TryGetValue(type, out Reached? reached))
        {
            _reached.Add(type, reached = new Reached(root));
            pending.Enqueue(type);
        }

        if (holder is not null)
        {
            reached.Holders.Add(holder);
        }
    }

    private bool IsHere(INamedTypeSymbol type) => SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, _assembly);

    private sealed class Reached(INamedTypeSymbol root)
    {
        public INamedTypeSymbol Root { get; } = root;

        public HashSet<INamedTypeSymbol> Holders { get; } = new(SymbolEqualityComparer.Default);
    }
}

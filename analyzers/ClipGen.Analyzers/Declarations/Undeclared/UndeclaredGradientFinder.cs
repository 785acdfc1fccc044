using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.Declarations.Undeclared;

/// <summary>One look at the members of one type.</summary>
internal sealed class UndeclaredGradientFinder
{
    private const string Mark = "Mark it [Gradient], or [ClipIgnore] to leave it out.";

    private static readonly HashSet<string> BackReferences =
        ["owner", "parent", "previous", "prev", "next", "model", "network", "net", "teacher", "target", "reference", "source"];

    private readonly Compilation _compilation;
    private readonly INamedTypeSymbol _type;
    private readonly ModelReach _reach;
    private readonly CancellationToken _cancellation;
    private readonly SourceIndex _parser;
    private readonly ISymbol[] _members;
    private readonly HashSet<string> _declared = new(StringComparer.Ordinal);
    private readonly Dictionary<ISymbol, bool> _parameters = new(SymbolEqualityComparer.Default);

    private UndeclaredGradientFinder(INamedTypeSymbol type, ModelReach reach, Compilation compilation, CancellationToken cancellation)
    {
        _compilation = compilation;
        _type = type;
        _reach = reach;
        _cancellation = cancellation;
        _parser = SourceIndex.Of(compilation);
        _members = [.. type.GetMembers().Where(member => SourceMembers.CanHold(member) && !IsGenerated(member))];
        ReadDeclarations();
    }

    /// <summary>The undeclared gradients of a type that a model reaches, in declaration order.</summary>
    public static IReadOnlyList<UndeclaredGradient> Find(
        INamedTypeSymbol type, ModelReach reach, Compilation compilation, CancellationToken cancellation)
    {
        bool canDeclare = type is { TypeKind: TypeKind.Class or TypeKind.Struct, IsStatic: false, IsRefLikeType: false, IsFileLocal: false }
            && !WritesTraversal(type);
        return canDeclare && reach.ModelOf(type) is not null
            ? new UndeclaredGradientFinder(type, reach, compilation, cancellation).Find()
            : [];
    }

    private IReadOnlyList<UndeclaredGradient> Find()
    {
        bool isAnnotated = Annotations.IsAnnotated(_type);
        bool isOfNetwork = isAnnotated || _parser.IsSource(_type) || NetworkEvidence.IsOfNetwork(_type);
        var found = new List<UndeclaredGradient>();
        FindBuffers(isAnnotated, isOfNetwork, found);
        if (isOfNetwork)
        {
            FindForeignWrappers(found);
        }

        if (!isAnnotated && !_reach.IsEmitted(_type) && _type.BaseType is { } baseType && _parser.IsSource(baseType))
        {
            FindSourcesOfDerived(baseType, found);
        }

        var toMark = new HashSet<string>(found.Where(gradient => gradient.Fix == DeclarationFix.Mark).Select(gradient => gradient.Member.Name));
        return
        [
            .. _members.SelectMany(member => found.Where(gradient => SymbolEqualityComparer.Default.Equals(gradient.Member, member)).Take(1))
                .Select(gradient => gradient with
                {
                    IsWholeDeclaration = VariablesBeside(gradient.Member).All(variable => toMark.Contains(variable.Identifier.ValueText)),
                }),
        ];
    }

    /// <summary>The names that are declared or left out, and the parameters with whether their gradient is.</summary>
    private void ReadDeclarations()
    {
        _declared.UnionWith(ExternalSources.NamesFor(_type, _compilation));
        foreach (ISymbol member in _members)
        {
            if (IsMarked(member) || SourceMembers.IsIgnored(member) || _reach.IsNamedByDerived(member))
            {
                _declared.Add(member.Name);
            }

            AttributeData? parameter = SourceMembers.Attributes(member)
                .FirstOrDefault(attribute => WellKnownNames.IsClipGenType(attribute.AttributeClass, WellKnownNames.Parameter));
            if (parameter is not null)
            {
                string? gradient = SourceMembers.GradientName(parameter);
                _parameters[member] = gradient is not null;
                if (gradient is not null)
                {
                    _declared.Add(gradient);
                }
            }
        }
    }

    private void FindBuffers(bool isAnnotated, bool isOfNetwork, List<UndeclaredGradient> found)
    {
        var candidates = new List<(ISymbol Member, GradientName Name)>();
        foreach (ISymbol member in _members)
        {
            if (!_declared.Contains(member.Name) && !_parameters.ContainsKey(member) && IsBuffer(member)
                && GradientName.Parse(member.Name) is { } name)
            {
                candidates.Add((member, name));
            }
        }

        if (candidates.Count == 0)
        {
            return;
        }

        var gradients = new HashSet<string>(_declared.Concat(
            candidates.Where(candidate => candidate.Name.IsBare || FindTwin(candidate.Member, candidate.Name) is not null).Select(candidate => candidate.Member.Name)));
        var origins = new BufferOriginReader(_type, gradients, _cancellation);
        var twins = new HashSet<ISymbol>(DeclaredTwins(), SymbolEqualityComparer.Default);

        // A gradient that has a name of its own comes before one that has none.
        foreach ((ISymbol member, GradientName name) in candidates.OrderBy(candidate => candidate.Name.IsBare))
        {
            ISymbol? twin = name.IsBare ? FindValues(member, isOfNetwork, found.Count > 0) : FindTwin(member, name);
            if (twin is not null
                && !twins.Contains(twin)
                && (isOfNetwork || _reach.IsBaseOfAnnotated(_type) || (name.IsSpelledOut && ParameterName.IsUnmistakable(twin.Name)))
                && IsOwn(member, isAnnotated, origins))
            {
                twins.Add(twin);
                found.Add(Describe(member, twin));
            }
        }
    }

    private UndeclaredGradient Describe(ISymbol member, ISymbol twin)
    {
        // One attribute on several variables cannot name the gradient of each.
        if (_parameters.ContainsKey(twin) && !SharesDeclaration(twin))
        {
            return new UndeclaredGradient(
                member,
                $"looks like the gradient of the parameter '{twin.Name}' and is not declared",
                $"Name it in the parameter's attribute, [Parameter(Gradient = nameof({member.Name}))], or mark it [ClipIgnore] to leave it out.",
                DeclarationFix.NameInParameter,
                twin);
        }

        return new UndeclaredGradient(member, $"looks like the gradient of '{twin.Name}' and is not declared", Mark, DeclarationFix.Mark, twin);
    }

    private bool SharesDeclaration(ISymbol member) => VariablesBeside(member).Count > 1;

    private SeparatedSyntaxList<VariableDeclaratorSyntax> VariablesBeside(ISymbol member) =>
        member.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(_cancellation))
            .OfType<VariableDeclaratorSyntax>()
            .Select(variable => variable.Parent)
            .OfType<VariableDeclarationSyntax>()
            .FirstOrDefault()?.Variables ?? default;

    /// <summary>The member of the same type that the name says it is the gradient of, if it is a parameter.</summary>
    private ISymbol? FindTwin(ISymbol member, GradientName name)
    {
        ISymbol? best = null;
        int bestFit = 0;
        foreach (ISymbol candidate in TwinCandidates(member))
        {
            int fit = name.Fit(candidate.Name);
            if (fit > bestFit && IsParameter(candidate) && Fits(candidate, member))
            {
                best = candidate;
                bestFit = fit;
            }
        }

        return best;
    }

    /// <summary>
    /// What a gradient without a name of its own is the gradient of: the values of a wrapper. Beside activations it is as likely the error of
    /// neurons, beside a declared gradient a view of all of them.
    /// </summary>
    private ISymbol? FindValues(ISymbol member, bool isOfNetwork, bool hasOthers)
    {
        if (!isOfNetwork || hasOthers || _members.Any(other => _declared.Contains(other.Name) && !SourceMembers.IsIgnored(other)))
        {
            return null;
        }

        ISymbol[] sameType = [.. TwinCandidates(member).Where(candidate => Fits(candidate, member))];
        ISymbol[] marked = [.. sameType.Where(_parameters.ContainsKey)];
        ISymbol[] values = marked.Length > 0 ? marked : [.. sameType.Where(candidate => ParameterName.IsValues(candidate.Name))];
        return values.Length == 1 && !sameType.Any(candidate => ParameterName.IsActivation(candidate.Name)) ? values[0] : null;
    }

    /// <summary>The parameters whose gradients are declared: another buffer that is named after one is a copy or a sum.</summary>
    private IEnumerable<ISymbol> DeclaredTwins()
    {
        foreach (KeyValuePair<ISymbol, bool> parameter in _parameters)
        {
            if (parameter.Value)
            {
                yield return parameter.Key;
            }
        }

        foreach (ISymbol member in _members)
        {
            if (_declared.Contains(member.Name) && GradientName.Parse(member.Name) is { IsBare: false } name && FindTwin(member, name) is { } twin)
            {
                yield return twin;
            }
        }
    }

    private IEnumerable<ISymbol> TwinCandidates(ISymbol member) =>
        _members.Concat(InheritedMembers()).Where(candidate =>
            !SymbolEqualityComparer.Default.Equals(candidate, member) && !_declared.Contains(candidate.Name));

    private IEnumerable<ISymbol> InheritedMembers()
    {
        for (INamedTypeSymbol? ancestor = _type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            foreach (ISymbol member in ancestor.GetMembers())
            {
                if (SourceMembers.CanHold(member) && _compilation.IsSymbolAccessibleWithin(member, _type))
                {
                    yield return member;
                }
            }
        }
    }

    private bool IsParameter(ISymbol member) =>
        _parameters.ContainsKey(member)
        || ParameterName.IsParameter(member.Name)
        || ParameterName.IsRecurrent(member.Name, weight => _members.Any(
            other => string.Concat(IdentifierWords.Of(other.Name)) == weight && Fits(other, member)));

    private bool Fits(ISymbol parameter, ISymbol gradient) =>
        SymbolEqualityComparer.Default.Equals(SourceMembers.TypeOf(parameter), SourceMembers.TypeOf(gradient))
        && VisibleLength.Differ(parameter, gradient, _compilation, _cancellation) is null;

    private bool IsBuffer(ISymbol member) => IsBuffer(_parser.Forms.ParseGradient(SourceMembers.TypeOf(member)));

    private static bool IsBuffer(GradientForm? form) => form switch
    {
        BufferForm => true,
        CollectionForm collection => IsBuffer(collection.Item),
        _ => false,
    };

    private bool IsMarked(ISymbol member) =>
        SourceMembers.MarksGradient(member)
        || SourceMembers.Attributes(member).Any(attribute => WellKnownNames.IsClipGenType(attribute.AttributeClass, WellKnownNames.Gradient));

    /// <summary>Whether the buffer is the type's own: what it was handed is declared where it comes from.</summary>
    private bool IsOwn(ISymbol member, bool isAnnotated, BufferOriginReader origins) => origins.Of(member) switch
    {
        BufferOrigin.MadeOfOthers => false,
        BufferOrigin.HandedIn => isAnnotated,
        BufferOrigin.Created => true,
        _ => isAnnotated || !origins.IsFilledBy(_reach.HoldersOf(_type), member),
    };

    private void FindForeignWrappers(List<UndeclaredGradient> found)
    {
        foreach (ISymbol member in SourceMembers.Held(_type).Where(member => !IsMarked(member) && !IsGenerated(member)))
        {
            foreach (INamedTypeSymbol held in ModelReach.HeldTypes(SourceMembers.TypeOf(member)))
            {
                if (ForeignGradient.Find(held, _compilation, _parser) is { } gradient)
                {
                    string wrapper = held.Name;
                    found.Add(new UndeclaredGradient(
                        member,
                        $"is made of '{wrapper}', whose '{gradient.Name}' looks like a gradient and is not declared",
                        $"Add [assembly: GradientSource(typeof({wrapper}), nameof({wrapper}.{gradient.Name}))], or mark the member [ClipIgnore] to leave it out.",
                        DeclarationFix.None));
                }
            }
        }
    }

    /// <summary>A derived type without an attribute gets no traversal of its own; where it is held as its base, only the base's gradients are visited.</summary>
    private void FindSourcesOfDerived(INamedTypeSymbol baseType, List<UndeclaredGradient> found)
    {
        foreach (ISymbol member in SourceMembers.Held(_type).Where(member => !IsMarked(member) && !IsGenerated(member)))
        {
            ITypeSymbol memberType = SourceMembers.TypeOf(member);
            if (_parser.Forms.ParseHeldSource(memberType) is not null
                && !ModelReach.HeldTypes(memberType).Any(held => held.GetAttributes().Any(LimitParser.IsClipAttribute))
                && !IdentifierWords.Of(member.Name).Any(BackReferences.Contains))
            {
                found.Add(new UndeclaredGradient(
                    member,
                    $"holds gradients, but '{_type.Name}' hands over only those of its base '{baseType.Name}'",
                    Mark,
                    DeclarationFix.Mark));
            }
        }
    }

    private bool IsGenerated(ISymbol member) => SourceMembers.IsGenerated(member, _compilation.Assembly);

    /// <summary>Whether the type says by hand what its gradients are.</summary>
    private static bool WritesTraversal(INamedTypeSymbol type) =>
        type.GetMembers().OfType<IMethodSymbol>().Any(method =>
            (method is { Name: WellKnownNames.VisitGradients, Arity: 1 }
                || method.ExplicitInterfaceImplementations.Any(implemented => implemented.Name == WellKnownNames.VisitGradients))
            && !SourceMembers.IsGenerated(method, type.ContainingAssembly));
}

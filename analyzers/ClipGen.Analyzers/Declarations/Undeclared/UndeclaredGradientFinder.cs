using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;
using ClipGen.Generator.Torch;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.Declarations.Undeclared;

/// <summary>Finds the undeclared gradients of one type (CLIP007).</summary>
internal sealed class UndeclaredGradientFinder
{
    private const string Mark = "Mark it [Gradient], or [ClipIgnore] if it is to be left out.";

    private static readonly HashSet<string> BackReferences =
        ["owner", "parent", "previous", "prev", "next", "model", "network", "net", "teacher", "target", "reference", "source"];

    private readonly Compilation _compilation;
    private readonly INamedTypeSymbol _type;
    private readonly ModelReach _reach;
    private readonly CancellationToken _cancellation;
    private readonly GradientSourceIndex _parser;
    private readonly ISymbol[] _members;
    private readonly HashSet<string> _declared = new(StringComparer.Ordinal);
    private readonly Dictionary<ISymbol, bool> _parameters = new(SymbolEqualityComparer.Default);
    private readonly StateEvidence _state;
    private readonly Lazy<HandOver> _handOver;
    private readonly bool _isAnnotated;

    private UndeclaredGradientFinder(INamedTypeSymbol type, ModelReach reach, Compilation compilation, CancellationToken cancellation)
    {
        _compilation = compilation;
        _type = type;
        _reach = reach;
        _cancellation = cancellation;
        _parser = GradientSourceIndex.Of(compilation);
        _state = new StateEvidence(reach, cancellation);
        _handOver = new Lazy<HandOver>(() => new HandOver(type, IsVisited, _parser.IsGradientSource, reach, _parser.Forms, cancellation));
        _isAnnotated = Annotations.IsAnnotated(type);
        _members = [.. type.GetMembers().Where(member => MemberSymbols.CanHold(member) && !IsGenerated(member))];
        ReadDeclarations();
    }

    /// <summary>The undeclared gradients of a type that a model reaches, in declaration order.</summary>
    public static IReadOnlyList<UndeclaredGradient> Find(
        INamedTypeSymbol type, ModelReach reach, Compilation compilation, CancellationToken cancellation) =>
        CanDeclare(type) && reach.IsReached(type) ? new UndeclaredGradientFinder(type, reach, compilation, cancellation).Find() : [];

    /// <summary>Whether attributes declare gradients of the type.</summary>
    public static bool CanDeclare(INamedTypeSymbol type) =>
        type is { TypeKind: TypeKind.Class or TypeKind.Struct, IsStatic: false, IsRefLikeType: false, IsFileLocal: false }
            && !WritesTraversal(type);

    private IReadOnlyList<UndeclaredGradient> Find()
    {
        bool isOfNetwork = _isAnnotated || _parser.IsGradientSource(_type) || NetworkEvidence.IsOfNetwork(_type);
        var found = new List<UndeclaredGradient>();
        FindBuffers(isOfNetwork, found);
        if (isOfNetwork)
        {
            FindForeignWrappers(found);
        }

        if (!_isAnnotated && !_reach.IsEmitted(_type) && _type.BaseType is { } baseType && _parser.IsGradientSource(baseType))
        {
            FindGradientSourcesOfDerived(baseType, found);
        }

        var toMark = new HashSet<string>(
            found.Where(gradient => gradient.Fix == DeclarationFix.Mark).Select(gradient => gradient.Member.Name));
        ILookup<string, UndeclaredGradient> byName = found.ToLookup(gradient => gradient.Member.Name, StringComparer.Ordinal);
        return
        [
            .. _members.SelectMany(member => byName[member.Name].Take(1))
                .Select(gradient => gradient with
                {
                    IsWholeDeclaration = VariablesBeside(gradient.Member).All(variable => toMark.Contains(variable.Identifier.ValueText)),
                }),
        ];
    }

    /// <summary>The names that are declared or left out, and for each parameter whether its gradient is.</summary>
    private void ReadDeclarations()
    {
        _declared.UnionWith(ExternalGradientSources.NamesFor(_type, _compilation));
        foreach (ISymbol member in _members)
        {
            if (IsMarked(member) || MemberSymbols.IsIgnored(member) || _reach.IsNamedByDerived(member))
            {
                _declared.Add(member.Name);
            }

            AttributeData? parameter = MemberSymbols.Attributes(member)
                .FirstOrDefault(attribute => WellKnownNames.IsClipGenType(attribute.AttributeClass, WellKnownNames.Parameter));
            if (parameter is not null)
            {
                string? gradient = MemberSymbols.GradientName(parameter);
                _parameters[member] = gradient is not null;
                if (gradient is not null)
                {
                    _declared.Add(gradient);
                }
            }
        }
    }

    private void FindBuffers(bool isOfNetwork, List<UndeclaredGradient> found)
    {
        var candidates = new List<(ISymbol Member, GradientName Name)>();
        foreach (ISymbol member in _members)
        {
            if (!_declared.Contains(member.Name) && !_parameters.ContainsKey(member)
                && GradientName.Parse(member.Name) is { } name
                && (IsBuffer(member) || IsContainerOfNumbers(member)))
            {
                candidates.Add((member, name));
            }
        }

        if (candidates.Count == 0)
        {
            return;
        }

        var twins = new Twins(
            _members.Concat(InheritedMembers()).Where(candidate => !_declared.Contains(candidate.Name)),
            _parameters.ContainsKey,
            _state,
            _compilation,
            _cancellation);
        var gradients = new HashSet<string>(_declared.Concat(
            candidates.Where(candidate => candidate.Name.IsBare || twins.Find(candidate.Member, candidate.Name) is not null)
                .Select(candidate => candidate.Member.Name)));
        var origins = new BufferOriginReader(_reach.CodeOf(_type, _cancellation), gradients);
        var taken = new HashSet<ISymbol>(DeclaredTwins(twins), SymbolEqualityComparer.Default);

        // A gradient whose name tells its parameter comes before one whose name does not.
        foreach ((ISymbol member, GradientName name) in candidates.OrderBy(candidate => candidate.Name.IsBare))
        {
            ISymbol? twin = name.IsBare ? FindValues(member, twins, isOfNetwork, found.Count > 0) : twins.Find(member, name);
            if (twin is not null
                && !taken.Contains(twin)
                && (isOfNetwork || _reach.IsBaseOfAnnotated(_type) || (name.IsSpelledOut && ParameterName.IsUnmistakable(twin.Name)))
                && IsOwn(member, origins))
            {
                taken.Add(twin);
                found.Add(Describe(member, twin));
            }
        }
    }

    private UndeclaredGradient Describe(ISymbol member, ISymbol twin)
    {
        if (!IsBuffer(member))
        {
            return DescribeContainer(member, twin);
        }

        // One attribute on several variables cannot name the gradient of each.
        if (_parameters.ContainsKey(twin) && VariablesBeside(twin).Count <= 1)
        {
            return new UndeclaredGradient(
                member,
                $"looks like the gradient of the parameter '{twin.Name}' and is not declared",
                $"Name it in the parameter's attribute, [Parameter(Gradient = nameof({member.Name}))], or mark it [ClipIgnore] if it is "
                    + "to be left out.",
                DeclarationFix.NameInParameter,
                twin);
        }

        return new UndeclaredGradient(
            member, $"looks like the gradient of '{twin.Name}' and is not declared", Mark, DeclarationFix.Mark, twin);
    }

    /// <summary>
    /// A gradient that is a matrix of numbers, as its parameter is. An attribute on the matrix type would declare the parameter, too.
    /// </summary>
    private UndeclaredGradient DescribeContainer(ISymbol member, ISymbol twin)
    {
        string evidence = $"looks like the gradient of '{twin.Name}' and is not declared";
        SyntaxReference? declaration = member.DeclaringSyntaxReferences.FirstOrDefault();
        string? property = declaration is null ? null : ElementProperty.For(member, _parser.Forms, _compilation, declaration.SyntaxTree);
        string values = ContainerOf(MemberSymbols.TypeOf(member))!.Name;
        return property is null
            ? new UndeclaredGradient(
                member,
                evidence,
                "Declare a property marked [Gradient] that returns its elements as T[] or Span<T>, as no member of "
                    + $"'{values}' does, or mark the member [ClipIgnore].",
                DeclarationFix.None)
            : new UndeclaredGradient(
                member,
                evidence,
                $"Return its elements from a property, '{property}', or mark the member [ClipIgnore].",
                declaration!.GetSyntax(_cancellation) is ParameterSyntax ? DeclarationFix.None : DeclarationFix.AddProperty,
                twin)
            {
                Insertion = property,
            };
    }

    private SeparatedSyntaxList<VariableDeclaratorSyntax> VariablesBeside(ISymbol member) =>
        member.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(_cancellation))
            .OfType<VariableDeclaratorSyntax>()
            .Select(variable => variable.Parent)
            .OfType<VariableDeclarationSyntax>()
            .FirstOrDefault()?.Variables ?? default;

    /// <summary>
    /// The values that an unnamed gradient belongs to: those of a wrapper, or the matrix that the type itself is. Beside activations, such
    /// a member may be the error of neurons. Beside a declared gradient, it may be a view of all gradients.
    /// </summary>
    private ISymbol? FindValues(ISymbol member, Twins twins, bool isOfNetwork, bool hasOthers)
    {
        if (!isOfNetwork || hasOthers || _members.Any(other => _declared.Contains(other.Name) && !MemberSymbols.IsIgnored(other)))
        {
            return null;
        }

        if (ContainerOf(MemberSymbols.TypeOf(member)) is { } values && IsOrDerives(_type.BaseType, values))
        {
            return _type;
        }

        ISymbol[] sameType = [.. twins.OfTypeOf(member)];
        ISymbol[] marked = [.. sameType.Where(_parameters.ContainsKey)];
        ISymbol[] named = marked.Length > 0 ? marked : [.. sameType.Where(candidate => ParameterName.IsValues(candidate.Name))];
        return named.Length == 1 && !sameType.Any(candidate => ParameterName.IsActivation(candidate.Name)) ? named[0] : null;
    }

    private static bool IsOrDerives(INamedTypeSymbol? type, INamedTypeSymbol ancestor)
    {
        while (type is not null && !SymbolEqualityComparer.Default.Equals(type, ancestor))
        {
            type = type.BaseType;
        }

        return type is not null;
    }

    /// <summary>The parameters whose gradients are declared. Another buffer that is named after one of them is a copy or a sum.</summary>
    private IEnumerable<ISymbol> DeclaredTwins(Twins twins)
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
            if (_declared.Contains(member.Name) && GradientName.Parse(member.Name) is { IsBare: false } name
                && twins.Find(member, name) is { } twin)
            {
                yield return twin;
            }
        }
    }

    private IEnumerable<ISymbol> InheritedMembers()
    {
        for (INamedTypeSymbol? ancestor = _type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            foreach (ISymbol member in ancestor.GetMembers())
            {
                if (MemberSymbols.CanHold(member) && _compilation.IsSymbolAccessibleWithin(member, _type))
                {
                    yield return member;
                }
            }
        }
    }

    private bool IsBuffer(ISymbol member) => IsBuffer(_parser.Forms.ParseGradient(MemberSymbols.TypeOf(member)));

    private static bool IsBuffer(GradientForm? form) => form switch
    {
        BufferForm => true,
        CollectionForm collection => IsBuffer(collection.Item),
        _ => false,
    };

    /// <summary>Whether the member holds a matrix or vector that is no gradient source. Its gradient may have the same type.</summary>
    private bool IsContainerOfNumbers(ISymbol member) =>
        !TorchModules.IsModule(_type)
        && ContainerOf(MemberSymbols.TypeOf(member)) is { } values
        && !UnknownFormAdvice.IsOfFramework(values)
        && !_parser.IsGradientSource(values)
        && values.ContainingNamespace.Name != "TorchSharp"
        && values.ContainingType is not { Name: "torch" }
        && _parser.Forms.ParseGradient(MemberSymbols.TypeOf(member)) is null
        && (NetworkEvidence.IsNamedLikeValues(values)
            || ElementProperty.AccessorOf(values, member, _parser.Forms, _compilation) is not null);

    /// <summary>The class or struct that the member holds, directly or in a collection.</summary>
    private static INamedTypeSymbol? ContainerOf(ITypeSymbol type) =>
        ModelReach.HeldTypes(type).LastOrDefault() is { TypeKind: TypeKind.Class or TypeKind.Struct or TypeKind.Interface } held
            ? held
            : null;

    /// <summary>Whether an attribute declares the member, or the traversal visits it because it holds a gradient source.</summary>
    private bool IsVisited(ISymbol member)
    {
        if (MemberSymbols.MarksGradient(member))
        {
            return true;
        }

        bool isOwn = SymbolEqualityComparer.Default.Equals(member.ContainingType, _type);
        return !member.IsImplicitlyDeclared
            && member is IFieldSymbol or IPropertySymbol
            && !MemberSymbols.IsIgnored(member)
            && ((isOwn && _declared.Contains(member.Name))
                || ((isOwn ? _isAnnotated || _reach.IsEmitted(_type) : _parser.IsGradientSource(member.ContainingType))
                    && MemberSymbols.CanHold(member)
                    && _parser.Forms.ParseHeldGradientSource(MemberSymbols.TypeOf(member)) is not null));
    }

    private static bool IsMarked(ISymbol member) =>
        MemberSymbols.MarksGradient(member)
        || MemberSymbols.Attributes(member)
            .Any(attribute => WellKnownNames.IsClipGenType(attribute.AttributeClass, WellKnownNames.Gradient));

    /// <summary>Whether the type owns the buffer. A buffer that is passed in is declared by its owner.</summary>
    private bool IsOwn(ISymbol member, BufferOriginReader origins) => !_handOver.Value.Covers(member) && origins.Of(member) switch
    {
        BufferOrigin.MadeOfOthers => false,
        BufferOrigin.HandedIn => _isAnnotated,
        BufferOrigin.Created => true,
        _ => _isAnnotated || !_reach.HoldersOf(_type).Any(holder => origins.IsFilledBy(_reach.CodeOf(holder, _cancellation), member)),
    };

    private void FindForeignWrappers(List<UndeclaredGradient> found)
    {
        foreach (ISymbol member in MemberSymbols.Held(_type).Where(member => !IsMarked(member) && !IsGenerated(member)))
        {
            ITypeSymbol type = MemberSymbols.TypeOf(member);
            foreach (INamedTypeSymbol held in ModelReach.HeldTypes(type))
            {
                if (ForeignGradient.Find(held, _compilation, _parser) is { } gradient && IsPartOfNetwork(member, type))
                {
                    SyntaxTree tree = member.DeclaringSyntaxReferences[0].SyntaxTree;
                    string declaration = GradientSourceAttributeText.Of(gradient.Type, gradient.Names, tree, _compilation);
                    string names = string.Join("' and '", gradient.Names);
                    string verbs = gradient.Names.Count == 1 ? "looks like a gradient and is" : "look like gradients and are";
                    found.Add(new UndeclaredGradient(
                        member,
                        $"is made of '{held.Name}', whose '{names}' {verbs} not declared",
                        $"Add [{declaration}] at the top of a file, or mark the member [ClipIgnore] if it is to be left out.",
                        DeclarationFix.DeclareOnAssembly)
                    {
                        Insertion = declaration,
                    });
                    break;
                }
            }
        }
    }

    /// <summary>
    /// A derived type without attributes gets no traversal of its own. If it is held as its base class, only the gradients of the base
    /// class are visited.
    /// </summary>
    private void FindGradientSourcesOfDerived(INamedTypeSymbol baseType, List<UndeclaredGradient> found)
    {
        foreach (ISymbol member in MemberSymbols.Held(_type).Where(member => !IsMarked(member) && !IsGenerated(member)))
        {
            ITypeSymbol memberType = MemberSymbols.TypeOf(member);
            if (_parser.Forms.ParseHeldGradientSource(memberType) is not null
                && !ModelReach.HeldTypes(memberType).Any(held => held.GetAttributes().Any(LimitParser.IsClipAttribute))
                && !IdentifierWords.Of(member.Name).Any(BackReferences.Contains)
                && IsPartOfNetwork(member, memberType))
            {
                found.Add(new UndeclaredGradient(
                    member,
                    $"holds gradients, but '{_type.Name}' visits only those of its base '{baseType.Name}'",
                    Mark,
                    DeclarationFix.Mark));
            }
        }
    }

    /// <summary>
    /// Whether the member holds a part of the network that nothing else visits: no state of the forward pass, no moment of an optimizer.
    /// </summary>
    private bool IsPartOfNetwork(ISymbol member, ITypeSymbol type) =>
        !ParameterName.IsState(member.Name) && _state.FilledBy(member, type) is null && !_handOver.Value.Covers(member);

    private bool IsGenerated(ISymbol member) => MemberSymbols.IsGenerated(member, _compilation.Assembly);

    /// <summary>Whether hand-written code of the type visits its gradients.</summary>
    private static bool WritesTraversal(INamedTypeSymbol type) =>
        type.GetMembers().OfType<IMethodSymbol>().Any(method =>
            (method is { Name: WellKnownNames.VisitGradients, Arity: 1 }
                || method.ExplicitInterfaceImplementations.Any(implemented => implemented.Name == WellKnownNames.VisitGradients))
            && !MemberSymbols.IsGenerated(method, type.ContainingAssembly));
}

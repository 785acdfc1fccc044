using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>The types that <c>[assembly: GradientSource(typeof(Matrix), "Grad")]</c> declares to hold gradients.</summary>
internal sealed class ExternalGradientSources
{
    private readonly Compilation _compilation;
    private readonly Dictionary<INamedTypeSymbol, List<string>> _gradients = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<(INamedTypeSymbol Type, string Gradient), string> _parameters = [];

    public ExternalGradientSources(Compilation compilation)
    {
        _compilation = compilation;
        foreach (AttributeData attribute in compilation.Assembly.GetAttributes())
        {
            if (IsDeclaration(attribute) && DeclaredType(attribute) is { } type)
            {
                if (!_gradients.TryGetValue(type, out List<string>? names))
                {
                    _gradients.Add(type, names = []);
                }

                names.AddRange(DeclaredNames(attribute).Where(name => !names.Contains(name)));
                foreach ((string gradient,
                    string parameter) in DeclaredNames(attribute).Zip(DeclaredParameters(attribute), (a, b) => (a, b)))
                {
                    _parameters[(type, gradient)] = parameter;
                }
            }
        }
    }

    /// <summary>The types of other assemblies with declared gradients.</summary>
    public IEnumerable<INamedTypeSymbol> Types => _gradients.Keys;

    public static bool IsDeclaration(AttributeData attribute) =>
        WellKnownNames.IsClipGenType(attribute.AttributeClass, WellKnownNames.GradientSource);

    /// <summary>The names of the members that are declared as the type's gradients.</summary>
    public static IEnumerable<string> NamesFor(INamedTypeSymbol type, Compilation compilation) =>
        compilation.Assembly.GetAttributes()
            .Where(attribute =>
                IsDeclaration(attribute) && SymbolEqualityComparer.Default.Equals(DeclaredType(attribute), type.OriginalDefinition))
            .SelectMany(DeclaredNames);

    /// <summary>
    /// The declared gradients of a value of this type, those of its base classes included; none if one of them is invalid.
    /// </summary>
    public EquatableArray<GradientPart> Read(ITypeSymbol type, Func<ITypeSymbol, GradientForm?> parse)
    {
        var gradients = new List<GradientPart>();
        ITypeSymbol? current = type;
        for (; current is not null && _gradients.Count > 0; current = current.BaseType)
        {
            if (current is INamedTypeSymbol named && _gradients.TryGetValue(named.OriginalDefinition, out List<string>? names))
            {
                foreach (string name in names)
                {
                    if (FindMember(named, name) is not { } member || parse(MemberSymbols.TypeOf(member)) is not { } form)
                    {
                        return EquatableArray<GradientPart>.Empty;
                    }

                    gradients.Add(PartOf(member, name, form) with { Parameter = ParameterOf(name, form) });
                }
            }
        }

        return gradients.ToEquatableArray();

        GradientPart PartOf(ISymbol member, string name, GradientForm form) =>
            new(name, MemberExpression.Of(member), form, IsHidden(member, type) ? TypeText.Of(current!) : null);

        GradientPart? ParameterOf(string gradient, GradientForm form) =>
            current is INamedTypeSymbol declaring
            && _parameters.TryGetValue((declaring.OriginalDefinition, gradient), out string? name)
            && FindMember(declaring, name) is { } member
            && parse(MemberSymbols.TypeOf(member)) is { } parameterForm
            && Fits(parameterForm, form)
                ? PartOf(member, name, parameterForm)
                : null;
    }

    private static bool Fits(GradientForm parameter, GradientForm gradient) => (parameter, gradient) switch
    {
        (BufferForm p, BufferForm g) => p.Element == g.Element,
        _ => parameter.Equals(gradient),
    };

    /// <summary>The problems of the declarations, as CLIP003 reports them.</summary>
    public IEnumerable<Problem> FindProblems(Func<ITypeSymbol, GradientForm?> parse)
    {
        foreach (AttributeData attribute in _compilation.Assembly.GetAttributes().Where(IsDeclaration))
        {
            if (DeclaredType(attribute) is not { } type)
            {
                continue;
            }

            List<string> names = [.. DeclaredNames(attribute)];
            if (names.Count == 0)
            {
                yield return Refuse(type.Name, $"the attribute names no member of it; add nameof({type.Name}.…)");
            }

            foreach (string name in names)
            {
                if (FindMember(type, name) is not { } member)
                {
                    yield return Refuse(
                        name,
                        $"'{type.Name}' has no instance field, readable property or parameterless method of that name that can be reached "
                        + "from here");
                }
                else if (parse(MemberSymbols.TypeOf(member)) is null)
                {
                    string memberType = MemberSymbols.TypeOf(member).ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
                    yield return Refuse(name, $"'{memberType}' is not a supported form of gradient");
                }
                else if (parse(MemberSymbols.TypeOf(member)) is RefusedForm { Reason.Length: > 0 } refused)
                {
                    yield return Refuse(name, refused.Reason);
                }
            }

            Problem Refuse(string name, string reason) =>
                new(RuleIds.CannotBeClipped, true, type, attribute, name, reason, GradientFormParser.SupportedForms);
        }
    }

    private static INamedTypeSymbol? DeclaredType(AttributeData attribute) =>
        attribute.ConstructorArguments is [{ Value: INamedTypeSymbol { TypeKind: not TypeKind.Error } type }, ..]
            ? type.OriginalDefinition
            : null;

    private static IEnumerable<string> DeclaredNames(AttributeData attribute) =>
        attribute.ConstructorArguments is [_, { Kind: TypedConstantKind.Array, IsNull: false } names]
            ? names.Values.Select(name => name.Value).OfType<string>()
            : [];

    private static IEnumerable<string> DeclaredParameters(AttributeData attribute) =>
        attribute.NamedArguments.FirstOrDefault(
            argument => argument.Key == "Parameters").Value is { Kind: TypedConstantKind.Array, IsNull: false } names
            ? names.Values.Select(name => name.Value as string ?? "")
            : [];

    private ISymbol? FindMember(INamedTypeSymbol type, string name)
    {
        for (INamedTypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            foreach (ISymbol member in current.GetMembers(name))
            {
                if (member is not IMethodSymbol { ReturnsVoid: true }
                    && MemberReadability.FindObstacle(member, _compilation.Assembly, _compilation) is null)
                {
                    return member;
                }
            }
        }

        return null;
    }

    /// <summary>Whether a type between the value's own type and the one that declares the member has another member of its name.</summary>
    private static bool IsHidden(ISymbol member, ITypeSymbol type)
    {
        for (ITypeSymbol? current = type; current is not null && !SymbolEqualityComparer.Default.Equals(current, member.ContainingType);
            current = current.BaseType)
        {
            if (current.GetMembers(member.Name).Any(other => !other.IsOverride))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether the item type of a collection is accessible wherever the collection is. It may be a private nested type. The type arguments
    /// of the collection are accessible to all code that names the collection.
    /// </summary>
    public bool IsNameable(ITypeSymbol item, INamedTypeSymbol collection)
    {
        for (INamedTypeSymbol? current = collection; current is not null; current = current.ContainingType)
        {
            if (current.TypeArguments.Contains(item, SymbolEqualityComparer.Default))
            {
                return true;
            }
        }

        return item switch
        {
            IArrayTypeSymbol array => IsNameable(array.ElementType, collection),
            INamedTypeSymbol named =>
                _compilation.IsSymbolAccessibleWithin(named.OriginalDefinition,
                    (ISymbol?)collection.OriginalDefinition.ContainingType ?? _compilation.Assembly)
                && named.TypeArguments.All(argument => IsNameable(argument, collection)),
            _ => true,
        };
    }
}

using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>Recognizes the types that hold gradients: buffers, gradient sources, and collections of either.</summary>
internal sealed class GradientFormParser(
    Func<ITypeSymbol, bool> isGradientSource, Func<INamedTypeSymbol, bool> isGenerated, ExternalGradientSources externalGradientSources,
    GradientSourceAssemblies assemblies)
{
    /// <summary>The supported forms, as CLIP003 lists them.</summary>
    public const string SupportedForms =
        "float, double or Half in T[], T[,] (any rank), T[][], Memory<T>, ArraySegment<T>, Tensor<T>, a property or parameterless method "
        + "that returns Span<T>; arrays, lists, dictionaries, other collections and tuples of these; types that declare gradients "
        + "themselves";

    private static readonly SymbolDisplayFormat Display = SymbolDisplayFormat.MinimallyQualifiedFormat.WithMiscellaneousOptions(
        SymbolDisplayMiscellaneousOptions.UseSpecialTypes);

    /// <summary>Maximum nesting of collections. A type can be a collection of itself (<c>class Node : List&lt;Node&gt;</c>).</summary>
    private const int MaximalDepth = 8;

    private int _depth;

    /// <summary>The form of a member that is declared as a gradient, or null if its type is not supported.</summary>
    public GradientForm? ParseGradient(ITypeSymbol type) => ParseBuffer(type) ?? ParseHolding(type, ParseGradient);

    /// <summary>The form of an unmarked member: a gradient source or a collection of sources; otherwise null.</summary>
    public GradientForm? ParseHeldGradientSource(ITypeSymbol type) =>
        assemblies.MayHoldGradientSources(type) ? ParseHolding(type, ParseHeldGradientSource) : null;

    private GradientForm? ParseHolding(ITypeSymbol type, Func<ITypeSymbol, GradientForm?> parseItem)
    {
        if (ParseGradientSource(type) is { } source)
        {
            return source;
        }

        if (_depth == MaximalDepth)
        {
            return null;
        }

        // A pattern reads the value of a tuple, an immutable array or a struct of another assembly, nullable or not.
        _depth++;
        ITypeSymbol value = Underlying(type) ?? type;
        GradientForm? form = ParseComposite(value, parseItem, type) ?? ParseCollection(value, parseItem, type);
        _depth--;
        return form;
    }

    private static ITypeSymbol? Underlying(ITypeSymbol type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
            ? nullable.TypeArguments[0]
            : null;

    private static GradientForm? ParseBuffer(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol array)
        {
            return ElementName(array.ElementType) is { } element
                ? new BufferForm(element, array.Rank == 1 ? BufferKind.Array : BufferKind.MultiDimensional, type.ToDisplayString(Display))
                : null;
        }

        if (type is INamedTypeSymbol { TypeArguments.Length: 1 } named && ElementName(named.TypeArguments[0]) is { } item)
        {
            BufferKind? kind = (named.ContainingNamespace.ToDisplayString(), named.Name) switch
            {
                ("System", "Span") or ("System", "ArraySegment") => BufferKind.Convertible,
                ("System", "Memory") => BufferKind.Memory,
                ("System.Numerics.Tensors", "Tensor") => BufferKind.Tensor,
                _ => null,
            };
            return kind is { } known ? new BufferForm(item, known, type.ToDisplayString(Display)) : null;
        }

        return Underlying(type) is { } underlying && ParseBuffer(underlying) is BufferForm buffer
            ? buffer with
            {
                Kind = buffer.Kind == BufferKind.Memory ? BufferKind.NullableMemory : BufferKind.NullableSegment,
                Display = type.ToDisplayString(Display),
            }
            : null;
    }

    private GradientSourceForm? ParseGradientSource(ITypeSymbol type)
    {
        if (Underlying(type) is { } underlying)
        {
            return ParseGradientSource(underlying) is { } inner
                ? inner with { Nulls = Nulls.NullableValue, Display = type.ToDisplayString(Display) }
                : null;
        }

        if (!isGradientSource(type))
        {
            return null;
        }

        Nulls nulls = type.IsValueType ? Nulls.Never : Nulls.Reference;
        return new GradientSourceForm(nulls, NeedsInterface(type), type.ToDisplayString(Display));
    }

    private GradientForm? ParseComposite(ITypeSymbol type, Func<ITypeSymbol, GradientForm?> parseItem, ITypeSymbol declared)
    {
        EquatableArray<GradientPart> parts = type switch
        {
            INamedTypeSymbol { IsTupleType: true } tuple => PartsOf(tuple.TupleElements, parseItem),
            INamedTypeSymbol { Name: "KeyValuePair", Arity: 2 } pair
                when pair.ContainingNamespace.ToDisplayString() == "System.Collections.Generic" =>
                PartsOf(pair.GetMembers("Value"), parseItem),
            _ => externalGradientSources.Read(type, ParseGradient),
        };
        if (parts.FirstOrDefault(part => part.Form is RefusedForm) is { } refused)
        {
            return refused.Form;
        }

        return parts.Count > 0 ? new CompositeForm(parts, declared.ToDisplayString(Display)) : null;
    }

    private static EquatableArray<GradientPart> PartsOf(IEnumerable<ISymbol> members, Func<ITypeSymbol, GradientForm?> parseItem)
    {
        var parts = new List<GradientPart>();
        foreach (ISymbol member in members)
        {
            if (parseItem(MemberSymbols.TypeOf(member)) is { } form)
            {
                // By Item2, which every tuple has, whatever its names.
                string expression = member is IFieldSymbol { CorrespondingTupleField: { } field } ? field.Name : member.Name;
                parts.Add(new GradientPart(member.Name, expression, form));
            }
        }

        return parts.ToEquatableArray();
    }

    private GradientForm? ParseCollection(ITypeSymbol type, Func<ITypeSymbol, GradientForm?> parseItem, ITypeSymbol declared)
    {
        if (type is not IArrayTypeSymbol array)
        {
            return type is INamedTypeSymbol named ? ParseSpan(named, parseItem, declared) ?? ParseShapes(named, parseItem, declared) : null;
        }

        GradientForm? item = parseItem(array.ElementType);
        if (item is null or RefusedForm)
        {
            return item;
        }

        if (array.Rank == 1)
        {
            return new CollectionForm(item, CollectionKind.Array, declared.ToDisplayString(Display));
        }

        return FindObstacle(new CollectionShape(array.ElementType, CollectionKind.Enumerable, array.ElementType)) is { } obstacle
            ? new RefusedForm(obstacle, declared.ToDisplayString(Display))
            : new CollectionForm(item, CollectionKind.Enumerable, declared.ToDisplayString(Display), TypeText.Of(array.ElementType));
    }

    /// <summary>The types that are iterated through a span: memory, and structs marked <c>[InlineArray]</c>.</summary>
    private GradientForm? ParseSpan(INamedTypeSymbol type, Func<ITypeSymbol, GradientForm?> parseItem, ITypeSymbol declared)
    {
        int? length = InlineArrays.LengthOf(type);
        bool isMemory = type is { Name: "Memory" or "ReadOnlyMemory", TypeArguments.Length: 1 }
            && type.ContainingNamespace.ToDisplayString() == "System";
        ITypeSymbol? element = length is not null ? InlineArrays.ElementOf(type) : isMemory ? type.TypeArguments[0] : null;
        GradientForm? item = element is null ? null : parseItem(element);
        if (item is null or RefusedForm)
        {
            return item;
        }

        string display = declared.ToDisplayString(Display);
        CollectionKind kind = isMemory ? CollectionKind.Memory : CollectionKind.InlineArray;
        if (FindObstacle(new CollectionShape(element!, kind, element), type) is { } obstacle)
        {
            return new RefusedForm(obstacle, display);
        }

        string span = $"global::System.{(type.Name == "ReadOnlyMemory" ? "ReadOnlySpan" : "Span")}<{TypeText.Of(element!)}>";
        InlineArrayShape? shape = length is { } count ? new InlineArrayShape(TypeText.Of(type), TypeText.Of(element!), count) : null;
        return new CollectionForm(item, kind, display, span, InlineArray: shape);
    }

    /// <summary>The collection by its own members, otherwise by its only interface that provides gradients.</summary>
    private GradientForm? ParseShapes(INamedTypeSymbol type, Func<ITypeSymbol, GradientForm?> parseItem, ITypeSymbol declared)
    {
        GradientForm? found = null;
        foreach (CollectionShape shape in CollectionShape.Of(type))
        {
            if (parseItem(shape.Item) is not { } item)
            {
                continue;
            }

            if (found is not null)
            {
                return new RefusedForm("it provides gradients through more than one interface; declare members that hold them",
                    declared.ToDisplayString(Display));
            }

            if (item is RefusedForm)
            {
                return item;
            }

            if (FindObstacle(shape, type) is { } obstacle)
            {
                return new RefusedForm(obstacle, declared.ToDisplayString(Display));
            }

            found = new CollectionForm(
                item,
                shape.Kind,
                declared.ToDisplayString(Display),
                shape.Step is null ? null : TypeText.Of(shape.Step),
                shape.Through is null ? null : TypeText.Of(shape.Through));
            if (shape.Through is null)
            {
                return found;
            }
        }

        return found;
    }

    /// <summary>The reason why the items cannot be named; empty if the compiler reports it.</summary>
    private string? FindObstacle(CollectionShape shape, INamedTypeSymbol? collection = null)
    {
        if (shape.Named.Any(IsUnknown))
        {
            return "";
        }

        string? obstacle = collection is not null && !externalGradientSources.IsNameable(shape.Item, collection)
            ? "is not accessible here; make it accessible"
            : shape.Named.Any(MemberReadability.NamesObsoleteError)
                ? "is an error to use because of its [Obsolete]; make the attribute a warning"
                : null;
        return obstacle is null ? null : $"the type '{shape.Item.ToDisplayString(Display)}' of its items {obstacle}";
    }

    private static bool IsUnknown(ITypeSymbol type) => type switch
    {
        IErrorTypeSymbol => true,
        IArrayTypeSymbol array => IsUnknown(array.ElementType),
        INamedTypeSymbol named => named.TypeArguments.Any(IsUnknown) || (named.ContainingType is { } outer && IsUnknown(outer)),
        _ => false,
    };

    private static string? ElementName(ITypeSymbol type) => type switch
    {
        { SpecialType: SpecialType.System_Single } => "float",
        { SpecialType: SpecialType.System_Double } => "double",
        { Name: "Half", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } => "global::System.Half",
        ITypeParameterSymbol { IsReferenceType: false } parameter when !HasClassConstraint(parameter) => Identifier.Escape(parameter.Name),
        _ => null,
    };

    /// <summary>A type parameter that can only be a class or a source is no element type.</summary>
    private static bool HasClassConstraint(ITypeParameterSymbol parameter) =>
        parameter.ConstraintTypes.Any(constraint => constraint.TypeKind == TypeKind.Class || Annotations.ImplementsTraversal(constraint));

    /// <summary>
    /// Whether the traversal cannot be called directly: it is implemented explicitly, or hand-written and not virtual, so that a derived
    /// class can only implement the interface again.
    /// </summary>
    private bool NeedsInterface(ITypeSymbol type)
    {
        if (type is ITypeParameterSymbol parameter)
        {
            return parameter.ConstraintTypes.Any(NeedsInterface);
        }

        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct))
        {
            return false;
        }

        bool implementsExplicitly = false;
        for (ITypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            foreach (IMethodSymbol method in current.GetMembers().OfType<IMethodSymbol>())
            {
                if (method.Name == WellKnownNames.VisitGradients && IsTraversal(method))
                {
                    return MemberReadability.IsObsoleteError(method)
                        || type is { IsReferenceType: true, IsSealed: false } && IsRigid(method);
                }

                // By name, because in incomplete code an explicit implementation may implement nothing yet.
                implementsExplicitly |= method.Name == WellKnownNames.VisitGradients
                    || (method.MethodKind == MethodKind.ExplicitInterfaceImplementation
                        && method.Name.EndsWith("." + WellKnownNames.VisitGradients, StringComparison.Ordinal));
            }
        }

        // If neither hand-written nor generated code implements the declared interface, the compiler reports it at the declaration.
        return implementsExplicitly || (type is INamedTypeSymbol named && !isGenerated(named));
    }

    private static bool IsTraversal(IMethodSymbol method) =>
        method is { Arity: 1, DeclaredAccessibility: Accessibility.Public, Parameters: [{ RefKind: RefKind.Ref } visitor] }
        && SymbolEqualityComparer.Default.Equals(visitor.Type, method.TypeParameters[0]);

    /// <summary>A generated traversal that derived classes extend has a virtual half.</summary>
    private static bool IsRigid(IMethodSymbol traversal) =>
        traversal is { IsVirtual: false, IsAbstract: false, IsOverride: false }
        && traversal.ContainingType.GetMembers(WellKnownNames.VisitAllGradients).IsEmpty;
}

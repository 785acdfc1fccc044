using ClipGen.Analyzers.Declarations.Code;
using ClipGen.Analyzers.Declarations.Undeclared;
using ClipGen.Analyzers.Rules;
using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Declarations;

/// <summary>
/// Finds members of a gradient source whose gradients the generated code cannot visit (CLIP015): an <c>ILayer[]</c> whose interface is no
/// gradient source, while a class that implements it declares gradients; a <c>Block&lt;Dense&gt;</c> whose members are of an unconstrained
/// type <c>T</c>; a <c>Task&lt;Dense&gt;</c>; a member that generated code cannot access.
/// </summary>
internal sealed class OpaqueHolding
{
    private readonly INamedTypeSymbol _type;
    private readonly Compilation _compilation;
    private readonly GradientSourceIndex _index;
    private readonly DerivedTypes _derived;

    private OpaqueHolding(INamedTypeSymbol type, Compilation compilation, DerivedTypes derived)
    {
        _type = type;
        _compilation = compilation;
        _index = GradientSourceIndex.Of(compilation);
        _derived = derived;
    }

    /// <summary>The members of the type whose gradients are not visited.</summary>
    /// <param name="type">A gradient source.</param>
    /// <param name="compilation">The compilation that it belongs to.</param>
    /// <param name="derived">The derived types of the types of the compilation.</param>
    public static IEnumerable<Diagnostic> Find(INamedTypeSymbol type, Compilation compilation, DerivedTypes derived)
    {
        var holding = new OpaqueHolding(type, compilation, derived);
        return holding.InMembers().Concat(holding.InParameters()).Concat(holding.InBases());
    }

    private IEnumerable<Diagnostic> InMembers()
    {
        foreach (ISymbol member in _type.GetMembers())
        {
            if (MemberSymbols.MarksGradient(member) || MemberSymbols.IsIgnored(member))
            {
                continue;
            }

            if (MemberSymbols.CanHold(member))
            {
                if (FindHidden(MemberSymbols.TypeOf(member)) is { } hidden)
                {
                    yield return Report(member.Locations[0], member.Name, hidden);
                }
            }
            else if (MemberSymbols.CanKeep(member) && FirstGradientSourceIn(MemberSymbols.TypeOf(member)) is { } source)
            {
                string advice = member is IPropertySymbol { ExplicitInterfaceImplementations: [var implemented, ..] }
                    ? $"Hold '{source.Name}' in a field that implements '{implemented.ContainingType.Name}.{implemented.Name}'"
                    : $"Hold '{source.Name}' in a field or in a property that can be read";
                yield return Report(member.Locations[0], member.Name, new Hidden(source.Name, source.Name, advice));
            }
        }
    }

    private IEnumerable<Diagnostic> InParameters() =>
        from parameter in CapturedParameters.Find(_type)
        where !MemberSymbols.IsIgnored(parameter)
        let hidden = FindHidden(parameter.Type)
        where hidden is not null && CapturedParameters.IsCaptured(parameter, _type, _compilation)
        select Report(parameter.Locations[0], parameter.Name, hidden);

    private IEnumerable<Diagnostic> InBases() =>
        from member in InheritedMembers.Hidden(_type, _compilation, _index.Forms.ParseHeldGradientSource, _index.IsGradientSource)
        let source = FirstGradientSourceIn(MemberSymbols.TypeOf(member))
        where source is not null
        select Report(
            _type.Locations[0],
            _type.Name,
            new Hidden($"{member.ContainingType.Name}.{member.Name}", source.Name, $"Make '{member.Name}' protected, and do not hide it"));

    private static Diagnostic Report(Location location, string holder, Hidden hidden) =>
        Diagnostic.Create(RuleCatalogue.HeldByNoSource, location, holder, hidden.Held, hidden.Source, hidden.Advice);

    private Hidden? FindHidden(ITypeSymbol type)
    {
        if (!_index.MayHoldGradientSources(type) && !Parts(type).OfType<INamedTypeSymbol>().Any(_index.IsInThisCompilation))
        {
            return null;
        }

        foreach (INamedTypeSymbol held in Parts(type).OfType<INamedTypeSymbol>())
        {
            // A type of another assembly (object, IDisposable) does not tell which objects of this assembly it holds.
            bool isOwn = held.TypeKind is TypeKind.Class or TypeKind.Struct or TypeKind.Interface && _index.IsInThisCompilation(held)
                && !_index.IsGradientSource(held);
            if ((isOwn ? FindBehind(held) : null) is { } hidden)
            {
                return hidden;
            }
        }

        return FindWrapped(type);
    }

    /// <summary>
    /// A gradient source among the type arguments of a type that is neither a collection nor a gradient source. Delegates, comparers and
    /// loggers hold no object of their type argument.
    /// </summary>
    private Hidden? FindWrapped(ITypeSymbol type)
    {
        var pending = new Stack<ITypeSymbol>([type]);
        while (pending.Count > 0)
        {
            ITypeSymbol current = pending.Pop();
            if (current is IArrayTypeSymbol array)
            {
                pending.Push(array.ElementType);
            }
            else if (current is INamedTypeSymbol { TypeArguments.IsEmpty: false } named && !_index.IsInThisCompilation(named)
                && !_index.IsGradientSource(named))
            {
                // The parts of a visited form are searched too: a tuple or a collection may hold a wrapper beside a gradient source.
                GradientForm? form = _index.Forms.ParseHeldGradientSource(named);
                bool isDictionary = form is CollectionForm { Kind: CollectionKind.Dictionary };
                int unvisitedCount = form is not null ? (isDictionary ? 1 : 0) : CanHold(named) ? named.TypeArguments.Length : 0;
                IEnumerable<ITypeSymbol> unvisited = named.TypeArguments.Take(unvisitedCount);
                if (unvisited.Select(FirstGradientSourceIn).FirstOrDefault(found => found is not null) is { } source
                    && !SymbolEqualityComparer.Default.Equals(source.OriginalDefinition, _type))
                {
                    return new Hidden(named.Name, source.Name,
                        isDictionary ? $"Hold '{source.Name}' as a value, not as a key" : $"Hold '{source.Name}' itself");
                }

                foreach (ITypeSymbol argument in named.TypeArguments.Skip(isDictionary ? 1 : 0))
                {
                    pending.Push(argument);
                }
            }
        }

        return null;
    }

    private static bool CanHold(INamedTypeSymbol wrapper) =>
        wrapper.TypeKind is TypeKind.Class or TypeKind.Struct or TypeKind.Interface
        && !wrapper.Name.EndsWith("Comparer", StringComparison.Ordinal)
        && !wrapper.Name.EndsWith("Logger", StringComparison.Ordinal)
        && wrapper.OriginalDefinition.TypeParameters.All(parameter => parameter.Variance != VarianceKind.In);

    /// <summary>A gradient source that objects of this type may be or hold, and the advice that makes the type a gradient source.</summary>
    private Hidden? FindBehind(INamedTypeSymbol held)
    {
        if (_derived.Of(held).FirstOrDefault(
            candidate => Annotations.IsAnnotated(candidate) || OwnsGradientSources(candidate)) is { } derived)
        {
            string advice = held.TypeKind == TypeKind.Interface
                ? $"Let '{held.Name}' extend IGradientSource"
                : $"Mark '{held.Name}' with [GradientSource]";
            return new Hidden(held.Name, derived.Name, advice);
        }

        for (INamedTypeSymbol? current = held; current is { SpecialType: SpecialType.None }; current = current.BaseType)
        {
            ITypeParameterSymbol? parameter = MemberSymbols.Held(current.OriginalDefinition)
                .SelectMany(inner => Parts(MemberSymbols.TypeOf(inner)))
                .OfType<ITypeParameterSymbol>()
                .FirstOrDefault(part =>
                    SymbolEqualityComparer.Default.Equals(part.ContainingSymbol, current.OriginalDefinition)
                    && _index.IsGradientSource(current.TypeArguments[part.Ordinal]));
            if (parameter is not null)
            {
                return new Hidden(
                    held.Name,
                    current.TypeArguments[parameter.Ordinal].Name,
                    $"Constrain '{parameter.Name}' to IGradientSource or to a type that is one");
            }
        }

        return null;
    }

    private INamedTypeSymbol? FirstGradientSourceIn(ITypeSymbol type) =>
        Parts(type).OfType<INamedTypeSymbol>().FirstOrDefault(_index.IsGradientSource);

    /// <summary>The type, its element types, type arguments and tuple elements.</summary>
    private static List<ITypeSymbol> Parts(ITypeSymbol type)
    {
        var parts = new List<ITypeSymbol> { type };
        for (int i = 0; i < parts.Count; i++)
        {
            switch (parts[i])
            {
                case IArrayTypeSymbol array:
                    parts.Add(array.ElementType);
                    break;
                case INamedTypeSymbol named:
                    parts.AddRange(named.TypeArguments);
                    break;
            }
        }

        return parts;
    }

    /// <summary>
    /// Whether a type without attributes creates the gradient sources that it holds. An optimizer or a logger holds those of other types.
    /// </summary>
    private bool OwnsGradientSources(INamedTypeSymbol type) =>
        _index.IsGradientSource(type)
        && !NetworkEvidence.IsOptimizer(type)
        && MemberSymbols.Held(type).Any(member =>
            _index.Forms.ParseHeldGradientSource(MemberSymbols.TypeOf(member)) is not null
            && (_derived.CodeOf(type)?.WritesTo(member.Name) ?? []).Any(write =>
                write is { Body.Timing: CallTiming.Building, Value: { } value }
                && ValueOrigins.Of(value, write.Body, isCollection: false) is ValueOrigin.Created or ValueOrigin.Computed));

    private sealed record Hidden(string Held, string Source, string Advice);
}

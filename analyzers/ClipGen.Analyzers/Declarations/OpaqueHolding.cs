using ClipGen.Analyzers.Declarations.Code;
using ClipGen.Analyzers.Declarations.Undeclared;
using ClipGen.Analyzers.Rules;
using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Declarations;

/// <summary>
/// Finds members of a source that hold gradients without handing them over (CLIP015): an <c>ILayer[]</c> whose interface is no gradient
/// source, while a class that implements it declares gradients; a <c>Block&lt;Dense&gt;</c> whose members of type <c>T</c> can be anything;
/// a <c>Task&lt;Dense&gt;</c>; a member that generated code cannot reach.
/// </summary>
internal sealed class OpaqueHolding
{
    private readonly INamedTypeSymbol _type;
    private readonly Compilation _compilation;
    private readonly SourceIndex _index;
    private readonly DerivedTypes _derived;

    private OpaqueHolding(INamedTypeSymbol type, Compilation compilation, DerivedTypes derived)
    {
        _type = type;
        _compilation = compilation;
        _index = SourceIndex.Of(compilation);
        _derived = derived;
    }

    /// <summary>The members of the type that hold gradients without handing them over.</summary>
    /// <param name="type">A gradient source.</param>
    /// <param name="compilation">The compilation that it belongs to.</param>
    /// <param name="derived">Which of its types derive from which.</param>
    public static IEnumerable<Diagnostic> Find(INamedTypeSymbol type, Compilation compilation, DerivedTypes derived)
    {
        var holding = new OpaqueHolding(type, compilation, derived);
        return holding.InMembers().Concat(holding.InParameters()).Concat(holding.InBases());
    }

    private IEnumerable<Diagnostic> InMembers()
    {
        foreach (ISymbol member in _type.GetMembers())
        {
            if (SourceMembers.MarksGradient(member) || SourceMembers.IsIgnored(member))
            {
                continue;
            }

            if (SourceMembers.CanHold(member))
            {
                if (FindHidden(SourceMembers.TypeOf(member)) is { } hidden)
                {
                    yield return Report(member.Locations[0], member.Name, hidden);
                }
            }
            else if (SourceMembers.CanKeep(member) && FirstSourceIn(SourceMembers.TypeOf(member)) is { } source)
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
        where !SourceMembers.IsIgnored(parameter)
        let hidden = FindHidden(parameter.Type)
        where hidden is not null && CapturedParameters.IsCaptured(parameter, _type, _compilation)
        select Report(parameter.Locations[0], parameter.Name, hidden);

    private IEnumerable<Diagnostic> InBases() =>
        from member in InheritedMembers.Hidden(_type, _compilation, _index.Forms.ParseHeldSource, _index.IsSource)
        let source = FirstSourceIn(SourceMembers.TypeOf(member))
        where source is not null
        select Report(
            _type.Locations[0],
            _type.Name,
            new Hidden($"{member.ContainingType.Name}.{member.Name}", source.Name, $"Make '{member.Name}' protected, and hide it nowhere"));

    private static Diagnostic Report(Location location, string holder, Hidden hidden) =>
        Diagnostic.Create(RuleCatalogue.HeldByNoSource, location, holder, hidden.Held, hidden.Source, hidden.Advice);

    private Hidden? FindHidden(ITypeSymbol type)
    {
        if (!_index.MayHoldSources(type) && !Parts(type).OfType<INamedTypeSymbol>().Any(_index.IsInThisCompilation))
        {
            return null;
        }

        foreach (INamedTypeSymbol held in Parts(type).OfType<INamedTypeSymbol>())
        {
            // A type of another assembly (object, IDisposable) says nothing about what it stands for here.
            bool isOwn = held.TypeKind is TypeKind.Class or TypeKind.Struct or TypeKind.Interface && _index.IsInThisCompilation(held)
                && !_index.IsSource(held);
            if ((isOwn ? FindBehind(held) : null) is { } hidden)
            {
                return hidden;
            }
        }

        return FindWrapped(type);
    }

    /// <summary>
    /// A source among the type arguments of a type that is neither collection nor source. Functions (delegates, comparers, loggers, whose
    /// type parameter only names what they are about) hold nothing.
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
                && !_index.IsSource(named))
            {
                // What a form visits is looked into: a tuple or a collection may hold a wrapper beside a source.
                GradientForm? form = _index.Forms.ParseHeldSource(named);
                bool isDictionary = form is CollectionForm { Kind: CollectionKind.Dictionary };
                int unvisitedCount = form is not null ? (isDictionary ? 1 : 0) : CanHold(named) ? named.TypeArguments.Length : 0;
                IEnumerable<ITypeSymbol> unvisited = named.TypeArguments.Take(unvisitedCount);
                if (unvisited.Select(FirstSourceIn).FirstOrDefault(found => found is not null) is { } source
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

    /// <summary>A source that objects of this type may be or hold, and what makes it one that is handed over.</summary>
    private Hidden? FindBehind(INamedTypeSymbol held)
    {
        if (_derived.Of(held).FirstOrDefault(candidate => Annotations.IsAnnotated(candidate) || OwnsSources(candidate)) is { } derived)
        {
            string advice = held.TypeKind == TypeKind.Interface
                ? $"Let '{held.Name}' extend IGradientSource"
                : $"Mark '{held.Name}' with [GradientSource]";
            return new Hidden(held.Name, derived.Name, advice);
        }

        for (INamedTypeSymbol? current = held; current is { SpecialType: SpecialType.None }; current = current.BaseType)
        {
            ITypeParameterSymbol? parameter = SourceMembers.Held(current.OriginalDefinition)
                .SelectMany(inner => Parts(SourceMembers.TypeOf(inner)))
                .OfType<ITypeParameterSymbol>()
                .FirstOrDefault(part =>
                    SymbolEqualityComparer.Default.Equals(part.ContainingSymbol, current.OriginalDefinition)
                    && _index.IsSource(current.TypeArguments[part.Ordinal]));
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

    private INamedTypeSymbol? FirstSourceIn(ITypeSymbol type) => Parts(type).OfType<INamedTypeSymbol>().FirstOrDefault(_index.IsSource);

    /// <summary>The type and what it is built of: elements, type arguments, tuple elements.</summary>
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
    /// Whether a type that nobody annotated creates the sources that it holds. An optimizer or a logger holds those of others.
    /// </summary>
    private bool OwnsSources(INamedTypeSymbol type) =>
        _index.IsSource(type)
        && !NetworkEvidence.IsOptimizer(type)
        && SourceMembers.Held(type).Any(member =>
            _index.Forms.ParseHeldSource(SourceMembers.TypeOf(member)) is not null
            && (_derived.CodeOf(type)?.WritesTo(member.Name) ?? []).Any(write =>
                write is { Body.Timing: CallTiming.Building, Value: { } value }
                && ValueOrigins.Of(value, write.Body, isCollection: false) is ValueOrigin.Created or ValueOrigin.Computed));

    private sealed record Hidden(string Held, string Source, string Advice);
}

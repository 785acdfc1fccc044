using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Declarations.Undeclared;

/// <summary>The gradients in a type of another assembly, which cannot carry attributes.</summary>
/// <param name="Type">The type that declares them: the held type or one of its base classes.</param>
/// <param name="Names">Their names.</param>
internal sealed record ForeignGradient(INamedTypeSymbol Type, IReadOnlyList<string> Names)
{
    /// <summary>The evident gradients of a type that this assembly can access and that are not declared, or null.</summary>
    public static ForeignGradient? Find(INamedTypeSymbol type, Compilation compilation, GradientSourceIndex parser)
    {
        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct or TypeKind.Interface)
            || SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly)
            || UnknownFormAdvice.IsOfFramework(type)
            || parser.IsGradientSource(type)
            || Levels(type).Any(level => ExternalGradientSources.NamesFor(level, compilation).Any()))
        {
            return null;
        }

        foreach (INamedTypeSymbol level in Levels(type))
        {
            ISymbol[] buffers = [.. level.GetMembers().Where(member => IsBuffer(member, compilation, parser.Forms))];
            string[] gradients =
                [.. buffers.Where(buffer => IsGradient(buffer, buffers, NetworkEvidence.IsOfNetwork(level.OriginalDefinition)))
                .Select(buffer => buffer.Name)];
            if (gradients.Length > 0)
            {
                return new ForeignGradient(level, gradients);
            }
        }

        return null;
    }

    private static bool IsGradient(ISymbol buffer, ISymbol[] buffers, bool isOfNetwork)
    {
        if (GradientName.Parse(buffer.Name) is not { } name)
        {
            return false;
        }

        IEnumerable<ISymbol> beside =
            buffers.Where(other => SymbolEqualityComparer.Default.Equals(MemberSymbols.TypeOf(other), MemberSymbols.TypeOf(buffer)));
        return name.IsBare
            ? isOfNetwork && beside.Any(values => ParameterName.IsValues(values.Name))
            : beside.Any(twin => name.Fit(twin.Name) > 0
                && ParameterName.IsParameter(twin.Name)
                && (isOfNetwork || (name.IsSpelledOut && ParameterName.IsUnmistakable(twin.Name))));
    }

    private static IEnumerable<INamedTypeSymbol> Levels(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? level = type; level is { SpecialType: SpecialType.None }; level = level.BaseType)
        {
            yield return level;
        }
    }

    private static bool IsBuffer(ISymbol member, Compilation compilation, GradientFormParser forms) =>
        member is IFieldSymbol or IPropertySymbol { IsIndexer: false, GetMethod: not null }
        && !member.IsStatic
        && compilation.IsSymbolAccessibleWithin(member, compilation.Assembly)
        && HoldsElements(forms.ParseGradient(MemberSymbols.TypeOf(member)));

    private static bool HoldsElements(GradientForm? form) => form switch
    {
        BufferForm => true,
        CollectionForm collection => HoldsElements(collection.Item),
        _ => false,
    };
}

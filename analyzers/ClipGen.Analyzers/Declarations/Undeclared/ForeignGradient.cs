using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Declarations.Undeclared;

/// <summary>The gradient inside a type of another assembly, which no attribute can be put on.</summary>
internal static class ForeignGradient
{
    /// <summary>The gradient of a wrapper: named so, public, beside public values of the same type.</summary>
    public static ISymbol? Find(INamedTypeSymbol type, Compilation compilation, SourceIndex parser)
    {
        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct)
            || SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly)
            || parser.IsSource(type)
            || !NetworkEvidence.IsOfNetwork(type.OriginalDefinition)
            || ExternalSources.NamesFor(type, compilation).Any())
        {
            return null;
        }

        ISymbol[] buffers = [.. type.GetMembers().Where(member => IsPublicBuffer(member, parser.Forms))];
        foreach (ISymbol buffer in buffers)
        {
            if (GradientName.Parse(buffer.Name) is { IsBare: true }
                && buffers.Any(values => ParameterName.IsValues(values.Name)
                    && SymbolEqualityComparer.Default.Equals(SourceMembers.TypeOf(values), SourceMembers.TypeOf(buffer))))
            {
                return buffer;
            }
        }

        return null;
    }

    private static bool IsPublicBuffer(ISymbol member, GradientFormParser forms) =>
        member is IFieldSymbol or IPropertySymbol { IsIndexer: false, GetMethod: not null }
        && member is { IsStatic: false, DeclaredAccessibility: Accessibility.Public }
        && forms.ParseGradient(SourceMembers.TypeOf(member)) is BufferForm;
}

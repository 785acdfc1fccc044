using System.Text;
using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>
/// A hash of what a model declares as gradients: names, types and order, in the model and in the sources of its compilation that it holds.
/// Generated code carries it into the records of runs, and the analyzers compare it with that of the source, so that a record of other
/// gradients is not used.
/// </summary>
internal static class GradientFingerprint
{
    // Models that hold each other would otherwise be read through for each of them.
    private const int MostTypes = 64;

    /// <summary>The fingerprint of a model.</summary>
    public static string Of(INamedTypeSymbol model, GradientSourceIndex index, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        var types = new List<INamedTypeSymbol> { model.OriginalDefinition };
        var seen = new HashSet<INamedTypeSymbol>(types, SymbolEqualityComparer.Default);
        for (int i = 0; i < types.Count; i++)
        {
            ParsedGradientSource source = index.Read(types[i], cancellation);
            Append(text, source.Declaration);
            foreach (INamedTypeSymbol used in source.Uses)
            {
                if (types.Count < MostTypes && seen.Add(used.OriginalDefinition))
                {
                    types.Add(used.OriginalDefinition);
                }
            }
        }

        return StableHash.Of(text.ToString());
    }

    private static void Append(StringBuilder text, GradientSourceDeclaration declaration)
    {
        text.Append(declaration.Type.MetadataName).Append('{');
        foreach (GradientMember member in declaration.Members)
        {
            text.Append(member.PathName).Append(':').Append(member.Form.Display).Append(';');
        }

        text.Append('}');
    }
}

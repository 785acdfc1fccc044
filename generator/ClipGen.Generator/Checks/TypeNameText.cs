using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Generator.Checks;

/// <summary>
/// Writes the name of a type for an attribute at the top of a file: short if the file imports the namespace, otherwise in full.
/// </summary>
internal static class TypeNameText
{
    /// <summary>The name without type arguments: <c>Matrix&lt;&gt;</c>, <c>Theirs.Matrix</c>.</summary>
    public static string Of(INamedTypeSymbol type, SyntaxTree tree, Compilation compilation)
    {
        string name = WithContainers(type);
        if (type.ContainingNamespace.IsGlobalNamespace)
        {
            return name;
        }

        INamedTypeSymbol outermost = type;
        while (outermost.ContainingType is { } container)
        {
            outermost = container;
        }

        string @namespace = type.ContainingNamespace.ToDisplayString();
        HashSet<string> imported = ImportedNamespaces(tree, compilation);
        if (imported.Contains(@namespace) && imported.Count(other => Has(other, outermost.MetadataName, compilation)) == 1
            && !IsAlias(outermost.Name, tree))
        {
            return name;
        }

        string first = @namespace.Split('.')[0];
        bool isHidden = IsAlias(first, tree) || imported.Any(other => Has(other, first, compilation));
        return $"{(isHidden ? "global::" : "")}{type.ContainingNamespace.ToDisplayString(Escaped)}.{name}";
    }

    /// <summary>The name of an attribute of the runtime library, as the file can use it.</summary>
    public static string OfAttribute(string attribute, SyntaxTree tree, Compilation compilation)
    {
        string name = compilation.GetTypeByMetadataName(WellKnownNames.FullName(attribute)) is { } type ? Of(type, tree, compilation)
            : attribute;
        return name.EndsWith(nameof(Attribute), StringComparison.Ordinal) ? name.Substring(0, name.Length - nameof(Attribute).Length)
            : name;
    }

    private static readonly SymbolDisplayFormat Escaped = new(
        SymbolDisplayGlobalNamespaceStyle.Omitted,
        SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    private static string WithContainers(INamedTypeSymbol type)
    {
        string name = type.Name is var plain && SyntaxFacts.GetKeywordKind(plain) != SyntaxKind.None ? "@" + plain : plain;
        string own = type.Arity == 0 ? name : $"{name}<{new string(',', type.Arity - 1)}>";
        return type.ContainingType is null ? own : $"{WithContainers(type.ContainingType)}.{own}";
    }

    /// <summary>The namespaces whose types have short names at the top of the file.</summary>
    private static HashSet<string> ImportedNamespaces(SyntaxTree tree, Compilation compilation)
    {
        var imported = new HashSet<string>(StringComparer.Ordinal) { "" };
        foreach (SyntaxTree other in compilation.SyntaxTrees)
        {
            foreach (UsingDirectiveSyntax directive in other.GetCompilationUnitRoot().Usings)
            {
                bool isHere = other == tree || directive.GlobalKeyword.IsKind(SyntaxKind.GlobalKeyword);
                if (isHere && directive is { Alias: null, Name: { } name } && directive.StaticKeyword.IsKind(SyntaxKind.None))
                {
                    string text = string.Concat(name.DescendantTokens().Select(token => token.ValueText));
                    imported.Add(text.StartsWith("global::", StringComparison.Ordinal) ? text.Substring("global::".Length) : text);
                }
            }
        }

        return imported;
    }

    private static bool Has(string @namespace, string metadataName, Compilation compilation) =>
        compilation.GetTypesByMetadataName(@namespace.Length == 0 ? metadataName : $"{@namespace}.{metadataName}").Any(
            type => compilation.IsSymbolAccessibleWithin(type, compilation.Assembly));

    private static bool IsAlias(string name, SyntaxTree tree) =>
        tree.GetCompilationUnitRoot().Usings.Any(directive => directive.Alias?.Name.Identifier.ValueText == name);
}

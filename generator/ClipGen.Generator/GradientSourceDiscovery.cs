using System.Collections.Immutable;
using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;
using ClipGen.Generator.Torch;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Generator;

/// <summary>Finds the declarations that code is generated for because of one attribute.</summary>
internal static class GradientSourceDiscovery
{
    /// <summary>
    /// The attributes that cause code to be generated, in the order of priority. One attribute of a member stands for the whole type.
    /// </summary>
    public static readonly string[] Attributes =
        [
            .. WellKnownNames.ClipAttributes, WellKnownNames.GradientSource, WellKnownNames.Gradient, WellKnownNames.Parameter,
            WellKnownNames.ClipIgnore, WellKnownNames.Replicated,
        ];

    private static readonly string[] TypeAttributes = [.. WellKnownNames.ClipAttributes, WellKnownNames.GradientSource];

    /// <summary>
    /// The type that the attribute marks or is in, with the holders without attributes that it needs. Empty if another attribute already
    /// stands for that type, or if a declaration is invalid.
    /// </summary>
    public static EquatableArray<GradientSourceDeclaration> Find(
        ISymbol marked, string attribute, Compilation compilation, CancellationToken cancellation)
    {
        INamedTypeSymbol? type = marked as INamedTypeSymbol ?? marked.ContainingType;
        bool standsForType = marked is INamedTypeSymbol
            ? attribute == FirstTypeAttribute(marked)
            : type is not null && FirstTypeAttribute(type) is null && IsFirst(marked, attribute, type);
        return standsForType ? FindGradientSources(type!, compilation, cancellation) : EquatableArray<GradientSourceDeclaration>.Empty;
    }

    /// <summary>The same for an attribute list that marks a property's field or a record parameter's property.</summary>
    public static EquatableArray<GradientSourceDeclaration> FindTargeted(
        AttributeListSyntax list, SemanticModel model, CancellationToken cancellation)
    {
        if (list.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } declaration
            && model.GetDeclaredSymbol(declaration, cancellation) is { } type
            && FirstTypeAttribute(type) is null
            && FirstMarked(type) is { } first
            && IsTargeted(first, list, cancellation))
        {
            return FindGradientSources(type, model.Compilation, cancellation);
        }

        return EquatableArray<GradientSourceDeclaration>.Empty;
    }

    /// <summary>Each declaration once, ordered by name.</summary>
    public static IEnumerable<GradientSourceDeclaration> Distinct(ImmutableArray<EquatableArray<GradientSourceDeclaration>> groups) =>
        groups.SelectMany(group => group)
            .GroupBy(source => source.Type.MetadataName, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.First());

    private static EquatableArray<GradientSourceDeclaration> FindGradientSources(
        INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        if (!LanguageRequirement.IsMet(compilation))
        {
            return EquatableArray<GradientSourceDeclaration>.Empty;
        }

        try
        {
            GradientSourceIndex index = GradientSourceIndex.Of(compilation);
            return index.CanEmit(type, cancellation)
                ? index.ReadWithHolders(type, cancellation)
                    .Select(source => WithFingerprint(source, index, cancellation))
                    .ToEquatableArray()
                : EquatableArray<GradientSourceDeclaration>.Empty;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Other types still get their code. The analyzers read the same declaration and report the failure.
            return EquatableArray<GradientSourceDeclaration>.Empty;
        }
    }

    /// <summary>Only a model hands its fingerprint on. Reading a module has found nothing: its parameters are registered at run
    /// time.</summary>
    private static GradientSourceDeclaration WithFingerprint(
        ParsedGradientSource source, GradientSourceIndex index, CancellationToken cancellation) =>
        source.Declaration is { ClipMembers: not ClipMembersKind.None, Torch: null } declaration
            ? declaration with { Fingerprint = GradientFingerprint.Of(source.Symbol, index, cancellation) }
            : source.Declaration;

    private static string? FirstTypeAttribute(ISymbol symbol) =>
        TypeAttributes.FirstOrDefault(name => WellKnownNames.FindAttribute(symbol, name) is not null);

    private static bool IsFirst(ISymbol marked, string attribute, INamedTypeSymbol type) =>
        SymbolEqualityComparer.Default.Equals(FirstMarked(type), marked)
        && attribute == Attributes.First(name => WellKnownNames.FindAttribute(marked, name) is not null);

    /// <summary>A member that a TorchSharp module leaves out counts, too: nothing else need be marked in it.</summary>
    private static ISymbol? FirstMarked(INamedTypeSymbol type)
    {
        bool isModule = TorchModules.IsModule(type);
        return type.GetMembers().FirstOrDefault(
            member => MemberSymbols.MakesGradientSource(member) || (isModule && TorchModules.MarksIgnored(member)));
    }

    private static bool IsTargeted(ISymbol marked, AttributeListSyntax list, CancellationToken cancellation)
    {
        foreach (AttributeData attribute in marked.GetAttributes())
        {
            if (attribute.ApplicationSyntaxReference is { } reference
                && reference.SyntaxTree == list.SyntaxTree
                && list.Span.Contains(reference.Span)
                && reference.GetSyntax(cancellation).Parent == list)
            {
                return true;
            }
        }

        return false;
    }
}

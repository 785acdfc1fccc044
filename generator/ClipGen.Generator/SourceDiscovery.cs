using System.Collections.Immutable;
using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;
using ClipGen.Generator.Torch;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Generator;

/// <summary>From one attribute to the declarations that code is generated for because of it.</summary>
internal static class SourceDiscovery
{
    /// <summary>The attributes that ask for code. In this order a member's are asked which of them stands for its whole type.</summary>
    public static readonly string[] Attributes =
        [
            WellKnownNames.ClipGradNorm, WellKnownNames.ClipGradValue, WellKnownNames.GradientSource, WellKnownNames.Gradient,
            WellKnownNames.Parameter,
            WellKnownNames.ClipIgnore,
        ];

    private static readonly string[] TypeAttributes = [WellKnownNames.ClipGradNorm, WellKnownNames.ClipGradValue,
        WellKnownNames.GradientSource];

    /// <summary>
    /// The type that the attribute marks or stands in, with the unannotated holders it needs; nothing when another attribute already stands
    /// for that type, or when a declaration is wrong.
    /// </summary>
    public static EquatableArray<SourceDeclaration> Find(
        ISymbol marked, string attribute, Compilation compilation, CancellationToken cancellation)
    {
        INamedTypeSymbol? type = marked as INamedTypeSymbol ?? marked.ContainingType;
        bool standsForType = marked is INamedTypeSymbol
            ? attribute == FirstTypeAttribute(marked)
            : type is not null && FirstTypeAttribute(type) is null && IsFirst(marked, attribute, type);
        return standsForType ? FindSources(type!, compilation, cancellation) : EquatableArray<SourceDeclaration>.Empty;
    }

    /// <summary>The same for an attribute list that marks a property's field or a record parameter's property.</summary>
    public static EquatableArray<SourceDeclaration> FindTargeted(
        AttributeListSyntax list, SemanticModel model, CancellationToken cancellation)
    {
        if (list.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } declaration
            && model.GetDeclaredSymbol(declaration, cancellation) is { } type
            && FirstTypeAttribute(type) is null
            && FirstMarked(type) is { } first
            && IsTargeted(first, list, cancellation))
        {
            return FindSources(type, model.Compilation, cancellation);
        }

        return EquatableArray<SourceDeclaration>.Empty;
    }

    /// <summary>Every declaration once, in the order of their names.</summary>
    public static IEnumerable<SourceDeclaration> Distinct(ImmutableArray<EquatableArray<SourceDeclaration>> groups) =>
        groups.SelectMany(group => group)
            .GroupBy(source => source.Type.MetadataName, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.First());

    private static EquatableArray<SourceDeclaration> FindSources(
        INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        if (!LanguageRequirement.IsMet(compilation))
        {
            return EquatableArray<SourceDeclaration>.Empty;
        }

        try
        {
            SourceIndex index = SourceIndex.Of(compilation);
            return index.CanEmit(type, cancellation)
                ? index.ReadWithHolders(type, cancellation)
                    .Select(source => WithFingerprint(source, index, cancellation))
                    .ToEquatableArray()
                : EquatableArray<SourceDeclaration>.Empty;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // It costs no other type its code. The analyzers read the same declaration and report the failure.
            return EquatableArray<SourceDeclaration>.Empty;
        }
    }

    /// <summary>Only a model hands its fingerprint on. Reading a module has found nothing: its parameters are registered at run
    /// time.</summary>
    private static SourceDeclaration WithFingerprint(ParsedSource source, SourceIndex index, CancellationToken cancellation) =>
        source.Declaration is { ClipMembers: not ClipMembersKind.None, Torch: null } declaration
            ? declaration with { Fingerprint = GradientFingerprint.Of(source.Symbol, index, cancellation) }
            : source.Declaration;

    private static string? FirstTypeAttribute(ISymbol symbol) =>
        TypeAttributes.FirstOrDefault(name => WellKnownNames.FindAttribute(symbol, name) is not null);

    private static bool IsFirst(ISymbol marked, string attribute, INamedTypeSymbol type) =>
        SymbolEqualityComparer.Default.Equals(FirstMarked(type), marked)
        && attribute == Attributes.First(name => WellKnownNames.FindAttribute(marked, name) is not null);

    /// <summary>What is left out of a TorchSharp module counts too: nothing else need be marked in it.</summary>
    private static ISymbol? FirstMarked(INamedTypeSymbol type)
    {
        bool isModule = TorchModules.IsModule(type);
        return type.GetMembers().FirstOrDefault(
            member => SourceMembers.MarksGradient(member) || (isModule && TorchModules.MarksIgnored(member)));
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

using System.Collections.Immutable;
using ClipGen.Generator.Emission;
using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Generator;

/// <summary>
/// Emits the clipping code of models and the traversals of the gradient sources that they hold. For an invalid declaration it emits
/// nothing, and the analyzers report why. It only reports failures of its own.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class ClipGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<ImmutableArray<EquatableArray<GradientSourceDeclaration>>> found = AnnotatedOnBackingFields(context)
            .Collect();
        foreach (string attribute in GradientSourceDiscovery.Attributes)
        {
            found = found.Combine(AnnotatedBy(context, attribute).Collect()).Select(static (both, _) => both.Left.AddRange(both.Right));
        }

        // A holder without attributes is found once for every model that reaches it.
        IncrementalValuesProvider<GradientSourceDeclaration> sources = found
            .SelectMany(static (groups, _) => GradientSourceDiscovery.Distinct(groups))
            .WithTrackingName(TrackingNames.Sources);

        IncrementalValueProvider<EquatableArray<string>> ambiguousNames = sources
            .Select(static (source, _) => source.Type.MetadataName)
            .Collect()
            .Select(static (names, _) => HintNames.FindAmbiguous(names))
            .WithTrackingName(TrackingNames.AmbiguousNames);

        context.RegisterSourceOutput(
            sources.Combine(ambiguousNames).WithTrackingName(TrackingNames.Output),
            static (output, item) => Write(output, item.Left, EmittedFile.Of(item.Left, item.Right)));
    }

    private static void Write(SourceProductionContext output, GradientSourceDeclaration source, EmittedFile file)
    {
        if (file.Text is null)
        {
            output.ReportDiagnostic(file.DescribeFailure(source));
        }
        else
        {
            output.AddSource(file.HintName, file.Text);
        }
    }

    private static IncrementalValuesProvider<EquatableArray<GradientSourceDeclaration>> AnnotatedBy(
        IncrementalGeneratorInitializationContext context,
        string attribute) =>
        context.SyntaxProvider.ForAttributeWithMetadataName(
                WellKnownNames.FullName(attribute),
                (node, _) => !MarkedMembers.StandsBehindAnother(node, attribute),
                (match, cancellation) =>
                    GradientSourceDiscovery.Find(match.TargetSymbol, attribute, match.SemanticModel.Compilation, cancellation))
            .Where(static sources => sources.Count > 0)
            .WithTrackingName(TrackingNames.AnnotatedBy(attribute));

    /// <summary>
    /// <c>[field: Gradient]</c> and <c>[property: Gradient]</c> are written on one symbol and mark another, which attribute look-up does
    /// not find.
    /// </summary>
    private static IncrementalValuesProvider<EquatableArray<GradientSourceDeclaration>> AnnotatedOnBackingFields(
        IncrementalGeneratorInitializationContext context) =>
        context.SyntaxProvider.CreateSyntaxProvider(
                static (node, _) => node is AttributeListSyntax { Target.Identifier.ValueText: "field" or "property" },
                static (match, cancellation) =>
                    GradientSourceDiscovery.FindTargeted((AttributeListSyntax)match.Node, match.SemanticModel, cancellation))
            .Where(static sources => sources.Count > 0)
            .WithTrackingName(TrackingNames.AnnotatedOnBackingFields);
}

using System.Collections.Immutable;
using ClipGen.Generator.Emission;
using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Generator;

/// <summary>
/// Writes the clipping code of models and the traversals of the gradient sources they hold. On a wrong declaration it emits nothing, and
/// the analyzers say why. It reports only that it failed itself.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class ClipGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<ImmutableArray<EquatableArray<SourceDeclaration>>> found = AnnotatedOnBackingFields(context).Collect();
        foreach (string attribute in SourceDiscovery.Attributes)
        {
            found = found.Combine(AnnotatedBy(context, attribute).Collect()).Select(static (both, _) => both.Left.AddRange(both.Right));
        }

        // A holder that nobody annotated is found once for every model that reaches it.
        IncrementalValuesProvider<SourceDeclaration> sources = found
            .SelectMany(static (groups, _) => SourceDiscovery.Distinct(groups))
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

    private static void Write(SourceProductionContext output, SourceDeclaration source, EmittedFile file)
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

    private static IncrementalValuesProvider<EquatableArray<SourceDeclaration>> AnnotatedBy(
        IncrementalGeneratorInitializationContext context,
        string attribute) =>
        context.SyntaxProvider.ForAttributeWithMetadataName(
                WellKnownNames.FullName(attribute),
                (node, _) => !MarkedMembers.StandsBehindAnother(node, attribute),
                (match, cancellation) => SourceDiscovery.Find(match.TargetSymbol, attribute, match.SemanticModel.Compilation, cancellation))
            .Where(static sources => sources.Count > 0)
            .WithTrackingName(TrackingNames.AnnotatedBy(attribute));

    /// <summary>
    /// <c>[field: Gradient]</c> and <c>[property: Gradient]</c> stand on one symbol and mark another, which attribute look-up does not see.
    /// </summary>
    private static IncrementalValuesProvider<EquatableArray<SourceDeclaration>> AnnotatedOnBackingFields(
        IncrementalGeneratorInitializationContext context) =>
        context.SyntaxProvider.CreateSyntaxProvider(
                static (node, _) => node is AttributeListSyntax { Target.Identifier.ValueText: "field" or "property" },
                static (match, cancellation) =>
                    SourceDiscovery.FindTargeted((AttributeListSyntax)match.Node, match.SemanticModel, cancellation))
            .Where(static sources => sources.Count > 0)
            .WithTrackingName(TrackingNames.AnnotatedOnBackingFields);
}

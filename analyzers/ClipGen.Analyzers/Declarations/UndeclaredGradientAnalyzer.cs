using System.Collections.Immutable;
using ClipGen.Analyzers.Declarations.Undeclared;
using ClipGen.Analyzers.Rules;
using ClipGen.Generator.Checks;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ClipGen.Analyzers.Declarations;

/// <summary>
/// Reports members that are evidently gradients and in no norm (CLIP007), so that only part of a model is clipped. Nothing is reported in types
/// that have nothing to do with a model.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UndeclaredGradientAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The rule's id.</summary>
    internal const string Id = RuleIds.UndeclaredGradient;

    /// <summary>The diagnostic's property that says what the first fix does: a <see cref="DeclarationFix"/>.</summary>
    internal const string FixProperty = "Fix";

    /// <summary>The diagnostic's property that names the parameter whose attribute is to name the gradient.</summary>
    internal const string ParameterProperty = "Parameter";

    /// <summary>The diagnostic's property that is there when all variables of the declaration are gradients to be marked.</summary>
    internal const string WholeDeclarationProperty = "WholeDeclaration";

    private static readonly DiagnosticDescriptor Rule = RuleCatalogue.UndeclaredGradient;

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(WellKnownNames.FullName(WellKnownNames.ClipGradNorm)) is null)
            {
                return;
            }

            // Not cancelled: a Lazy would keep the cancellation for everyone who asks later.
            var reach = new Lazy<ModelReach>(() => ModelReach.Of(start.Compilation, CancellationToken.None));
            start.RegisterSymbolAction(symbol => Analyze(symbol, reach), SymbolKind.NamedType);
        });
    }

    /// <summary>Every type speaks for itself: a fix is only offered for what is reported while its own type is looked at.</summary>
    private static void Analyze(SymbolAnalysisContext context, Lazy<ModelReach> reach)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        foreach (UndeclaredGradient gradient in UndeclaredGradientFinder.Find(type, reach.Value, context.Compilation, context.CancellationToken))
        {
            Location? location = gradient.Member.Locations.FirstOrDefault(candidate => candidate.IsInSource);
            if (location is not null)
            {
                ImmutableDictionary<string, string?> properties = ImmutableDictionary<string, string?>.Empty
                    .Add(FixProperty, gradient.Fix.ToString())
                    .Add(ParameterProperty, gradient.Parameter?.Name);
                if (gradient.IsWholeDeclaration)
                {
                    properties = properties.Add(WholeDeclarationProperty, null);
                }

                string model = SourceParser.IsAnnotated(type) ? type.Name : reach.Value.ModelOf(type) ?? type.Name;
                context.ReportDiagnostic(
                    Diagnostic.Create(Rule, location, properties, gradient.Member.Name, gradient.Evidence, model, gradient.Remedy));
            }
        }
    }
}

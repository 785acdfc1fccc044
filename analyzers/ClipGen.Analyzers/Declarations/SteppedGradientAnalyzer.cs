using System.Collections.Immutable;
using ClipGen.Analyzers.Rules;
using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ClipGen.Analyzers.Declarations;

/// <summary>Reports gradients without a parameter in models that an optimizer of <c>ClipGen.Optimizers</c> steps (CLIP017).</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SteppedGradientAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        ImmutableArray.Create(RuleCatalogue.SteppedWithoutParameter);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(SteppedModels.OptimizerType) is null)
            {
                return;
            }

            // Not cancelable: the Lazy would keep the cancellation for all later callers.
            var stepped = new Lazy<SteppedModels>(() => SteppedModels.Find(start.Compilation, CancellationToken.None));
            start.RegisterSymbolAction(symbol => Analyze(symbol, stepped), SymbolKind.NamedType);
        });
    }

    private static void Analyze(SymbolAnalysisContext context, Lazy<SteppedModels> stepped)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (!Annotations.IsAnnotated(type) || !LanguageRequirement.IsMet(context.Compilation) || stepped.Value.Find(type) is not { } found)
        {
            return;
        }

        // The members of TorchSharp modules are not read: their parameters are registered.
        foreach (GradientMember member in found.Source.Declaration.Members.Where(member => !ParameterForms.AllHaveParameters(member)))
        {
            if (found.Source.Symbol.GetMembers(member.Name).FirstOrDefault() is { } symbol
                && symbol.Locations.FirstOrDefault(location => location.IsInSource) is { } location)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    RuleCatalogue.SteppedWithoutParameter,
                    location,
                    found.Step.ContainingType.Name,
                    found.Step.Name,
                    found.Model.Name,
                    member.Name,
                    ParameterForms.AdviceFor(member)));
            }
        }
    }
}

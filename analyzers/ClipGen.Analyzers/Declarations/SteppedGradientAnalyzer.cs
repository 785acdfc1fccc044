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

        // Members of TorchSharp modules need no parameter, because the module registers it.
        foreach (GradientMember member in found.Source.Declaration.Members.Where(
            member => !HasParameters(member.Form, member.Parameter?.Form)))
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
                    AdviceFor(member)));
            }
        }
    }

    /// <summary>Whether generated code can pair every buffer of the form with a buffer of the parameter's form.</summary>
    private static bool HasParameters(GradientForm gradient, GradientForm? parameter) => gradient switch
    {
        GradientSourceForm => true,
        BufferForm => parameter is BufferForm,
        CollectionForm collection => HasParameters(
            collection.Item, parameter is CollectionForm paired && ParameterPairing.IsByPositionOrKey(paired) ? paired.Item : null),
        CompositeForm composite => composite.Parts.All(
            part => HasParameters(part.Form, part.Parameter?.Form ?? (parameter is CompositeForm ? part.Form : null))),
        _ => true,
    };

    private static string AdviceFor(GradientMember member) =>
        Innermost(member.Form) is CompositeForm { Parts: var parts } && member.Parameter is null
        && parts.Any(part => part.Form is not GradientSourceForm)
        ? "Name the parameter in [assembly: GradientSource(…, Parameters = …)], or mark the member that holds it with "
            + $"[Parameter(Gradient = nameof({member.Name}))]"
        : member.Parameter is not null
            ? "The items of this collection have no position and no key: hold gradients and parameters in arrays, lists or dictionaries"
            : $"Mark the parameter with [Parameter(Gradient = nameof({member.Name}))], or leave the gradient out with [ClipIgnore]";

    private static GradientForm Innermost(GradientForm form)
    {
        while (form is CollectionForm collection)
        {
            form = collection.Item;
        }

        return form;
    }
}

using System.Collections.Immutable;
using ClipGen.Analyzers.Declarations.Undeclared;
using ClipGen.Analyzers.Rules;
using ClipGen.Generator.Checks;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ClipGen.Analyzers.Declarations;

/// <summary>
/// Reports evident gradients that are in no norm (CLIP007), and cached activations whose gradients are in a norm (CLIP016). It ignores
/// types that no model reaches.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UndeclaredGradientAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The id of the rule about undeclared gradients.</summary>
    internal const string Id = RuleIds.UndeclaredGradient;

    /// <summary>Property of the diagnostic: the action of the first fix, a <see cref="DeclarationFix"/>.</summary>
    internal const string FixProperty = "Fix";

    /// <summary>Property of the diagnostic: the parameter whose attribute is to name the gradient.</summary>
    internal const string ParameterProperty = "Parameter";

    /// <summary>Property of the diagnostic: what the fix writes elsewhere.</summary>
    internal const string InsertionProperty = "Insertion";

    /// <summary>Property of the diagnostic: present if all variables of the declaration are gradients to be marked.</summary>
    internal const string WholeDeclarationProperty = "WholeDeclaration";

    private static readonly DiagnosticDescriptor Undeclared = RuleCatalogue.UndeclaredGradient;

    private static readonly DiagnosticDescriptor CachedActivation = RuleCatalogue.CachedActivation;

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        ImmutableArray.Create(Undeclared, CachedActivation);

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

            // Not cancelable: the Lazy would keep the cancellation for all later callers.
            var reach = new Lazy<ModelReach>(() => ModelReach.Of(start.Compilation, CancellationToken.None));
            start.RegisterSymbolAction(symbol => Analyze(symbol, reach), SymbolKind.NamedType);
        });
    }

    /// <summary>
    /// Reports the gradients of each type while that type is analyzed: editors offer no fix for a diagnostic that is reported elsewhere.
    /// </summary>
    private static void Analyze(SymbolAnalysisContext context, Lazy<ModelReach> reach)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        CancellationToken cancellation = context.CancellationToken;
        foreach (UndeclaredGradient gradient in UndeclaredGradientFinder.Find(type, reach.Value, context.Compilation, cancellation))
        {
            ImmutableDictionary<string, string?> properties = ImmutableDictionary<string, string?>.Empty
                .Add(FixProperty, gradient.Fix.ToString())
                .Add(ParameterProperty, gradient.Parameter?.Name)
                .Add(InsertionProperty, gradient.Insertion);
            if (gradient.IsWholeDeclaration)
            {
                properties = properties.Add(WholeDeclarationProperty, null);
            }

            Report(context, Undeclared, gradient.Member, properties, gradient.Evidence, reach.Value.NormOver(type), gradient.Remedy);
        }

        foreach ((ISymbol member, string method) in CachedActivationFinder.Find(type, reach.Value, context.Compilation, cancellation))
        {
            Report(context, CachedActivation, member, ImmutableDictionary<string, string?>.Empty, method, reach.Value.NameOfClipped(type));
        }
    }

    private static void Report(
        SymbolAnalysisContext context,
        DiagnosticDescriptor rule,
        ISymbol member,
        ImmutableDictionary<string, string?> properties,
        params object[] arguments)
    {
        if (member.Locations.FirstOrDefault(candidate => candidate.IsInSource) is { } location)
        {
            context.ReportDiagnostic(Diagnostic.Create(rule, location, properties, [member.Name, .. arguments]));
        }
    }
}

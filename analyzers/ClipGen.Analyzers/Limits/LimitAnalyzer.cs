using System.Collections.Immutable;
using System.Globalization;
using ClipGen.Analyzers.Rules;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.Limits;

/// <summary>
/// Reports constant limits, in attributes and in calls, that are too small or too large for training (CLIP008 and CLIP009).
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LimitAnalyzer : DiagnosticAnalyzer
{
    private const string MaxNorm = "MaxNorm";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        ImmutableArray.Create(RuleCatalogue.SuspiciouslySmallLimit, RuleCatalogue.SuspiciouslyLargeLimit);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            var types = new KnownTypes(start.Compilation);
            if (!types.HasClipGen && !types.HasTorchSharp)
                return;
            start.RegisterOperationAction(operation => AnalyzeCall(operation, types), OperationKind.Invocation);
            if (types.HasClipGen)
            {
                start.RegisterSymbolAction(symbol => AnalyzeAttributes(symbol, types), SymbolKind.NamedType, SymbolKind.Field,
                    SymbolKind.Property, SymbolKind.Method);
            }
        });
    }

    private static void AnalyzeCall(OperationAnalysisContext context, KnownTypes types)
    {
        var invocation = (IInvocationOperation)context.Operation;
        IMethodSymbol method = invocation.TargetMethod;
        if (!TrainingVocabulary.Contains(method.Name, "clip")
            || (!ClipCalls.IsClipGradients(method, types) && !ClipCalls.IsTorchClip(method, types)
                && !ClipCalls.IsTorchGradientsClip(method) && !ClipCalls.IsGradientsClip(method) && !ClipCalls.IsClipAndStep(method)
                && !ClipCalls.IsLossScalersClip(method) && !ClipCalls.IsClipSharded(method)))
        {
            return;
        }

        if (ClipCalls.LimitOf(invocation) is { } argument && argument.ConstantNumber() is double limit)
            Check(limit, argument.Syntax, context.Options, context.ReportDiagnostic);
    }

    private static void AnalyzeAttributes(SymbolAnalysisContext context, KnownTypes types)
    {
        foreach (AttributeData attribute in context.Symbol.GetAttributes())
        {
            if (!types.IsClipAttribute(attribute) || FixedLimitOf(attribute, types) is not { } limit)
                continue;
            if (attribute.ApplicationSyntaxReference?.GetSyntax(context.CancellationToken) is not AttributeSyntax syntax)
                continue;
            // A limit per parameter is smaller than a global one; the margins of the defaults have room for that.
            string? name = types.IsAdaptive(attribute) ? MaxNorm : null;
            SyntaxNode place = syntax.ArgumentList?.Arguments.FirstOrDefault(
                argument => argument.NameEquals?.Name.Identifier.ValueText == name)?.Expression ?? (SyntaxNode)syntax;
            Check(limit, place, context.Options, context.ReportDiagnostic);
        }
    }

    // The number of an adaptive limit is a percentile, a score or a ratio.
    private static double? FixedLimitOf(AttributeData attribute, KnownTypes types) => types.IsAdaptive(attribute)
        ? attribute.NamedArguments.FirstOrDefault(argument => argument.Key == MaxNorm).Value.Value as double?
        : attribute.ConstructorArguments.FirstOrDefault().Value as double?;

    private static void Check(double limit, SyntaxNode place, AnalyzerOptions options, Action<Diagnostic> report)
    {
        // CLIP004 reports zero, negative numbers and NaN. CLIP110 reports infinity.
        if (!(limit > 0) || double.IsInfinity(limit) || limit >= float.MaxValue)
            return;
        var bounds = LimitOptions.Read(options.AnalyzerConfigOptionsProvider.GetOptions(place.SyntaxTree));
        if (limit < bounds.Small)
        {
            report(Create(RuleCatalogue.SuspiciouslySmallLimit, place, limit, bounds.Small,
                $"Try 1.0, or set {LimitOptions.SmallKey} if it is intended"));
        }
        else if (limit > bounds.Large)
        {
            report(Create(RuleCatalogue.SuspiciouslyLargeLimit, place, limit, bounds.Large,
                $"Try 1.0, or set {LimitOptions.LargeKey} if it is intended"));
        }
    }

    private static Diagnostic Create(DiagnosticDescriptor rule, SyntaxNode place, double limit, double bound, string advice) =>
        Diagnostic.Create(rule, place.GetLocation(), Text(limit), Text(bound), advice);

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}

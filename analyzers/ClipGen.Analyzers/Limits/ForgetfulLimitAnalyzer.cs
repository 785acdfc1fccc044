using System.Collections.Immutable;
using ClipGen.Analyzers.Rules;
using ClipGen.Analyzers.Semantics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.Limits;

/// <summary>CLIP021: an adaptive limit is created in the call that clips, so its state is always empty.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ForgetfulLimitAnalyzer : DiagnosticAnalyzer
{
    private const string LimitType = "ClipGen.AdaptiveLimit";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        ImmutableArray.Create(RuleCatalogue.ForgetfulLimit);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (start.Compilation.GetTypeByMetadataName(LimitType) is { } limit)
                start.RegisterOperationAction(operation => Analyze(operation, limit), OperationKind.Argument);
        });
    }

    private static void Analyze(OperationAnalysisContext context, INamedTypeSymbol limit)
    {
        var argument = (IArgumentOperation)context.Operation;
        if (argument.Parent is IInvocationOperation { TargetMethod.Name: "ClipNorm" or "ClipAndStep" } call
            && SymbolEqualityComparer.Default.Equals(argument.Parameter?.Type, limit)
            && argument.Value.WithoutConversions() is IObjectCreationOperation { Type: { } made, Syntax: var syntax }
            && !made.Name.StartsWith("AdaptiveClip", StringComparison.Ordinal))
        {
            context.ReportDiagnostic(
                Diagnostic.Create(RuleCatalogue.ForgetfulLimit, syntax.GetLocation(), call.TargetMethod.Name, made.Name));
        }
    }
}

using System.Collections.Immutable;
using ClipGen.Analyzers.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.Torch;

/// <summary>CLIP013: finds calls of TorchSharp's clipping functions where the package that replaces them is referenced.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TorchClipAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(RuleCatalogue.TorchClipFunction);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(TorchClipCall.Utilities) is { } utilities
                && start.Compilation.GetTypeByMetadataName(TorchClipCall.Replacement) is not null)
            {
                start.RegisterOperationAction(operation => Analyze(operation, utilities), OperationKind.Invocation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, INamedTypeSymbol utilities)
    {
        IMethodSymbol method = ((IInvocationOperation)context.Operation).TargetMethod;
        if (TorchClipCall.Methods.TryGetValue(method.Name, out string? replacement)
            && SymbolEqualityComparer.Default.Equals(method.ContainingType, utilities))
        {
            context.ReportDiagnostic(Diagnostic.Create(RuleCatalogue.TorchClipFunction, context.Operation.Syntax.GetLocation(), method.Name, replacement));
        }
    }
}

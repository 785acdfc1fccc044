using ClipGen.Analyzers.Rules;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.Records;

/// <summary>Compares the limits that calls have with their records: those of <c>Gradients</c>, <c>TorchGradients</c>,
/// <c>optimizer.ClipAndStep</c> and <c>scaler.Clip</c> that name gradients.</summary>
internal static class CallRecords
{
    public static void Analyze(OperationAnalysisContext context, RecordIndex records)
    {
        var invocation = (IInvocationOperation)context.Operation;
        IMethodSymbol method = invocation.TargetMethod;
        if (!method.Name.StartsWith("Clip", StringComparison.Ordinal)
            || method.ContainingType.ContainingNamespace is not { Name: "ClipGen", ContainingNamespace.IsGlobalNamespace: true }
            || ClipCalls.LimitOf(invocation) is not { } limit
            || WrittenNumber.Of(limit) is not double number
            || GradientsOf(invocation) is not { Length: > 0 } gradients)
        {
            return;
        }

        string file = Path.GetFileName(limit.Syntax.SyntaxTree.FilePath);
        if (records.Of(file, MemberOf(context.ContainingSymbol), gradients) is not { } entry)
            return;
        if (entry is { Type: { } type, Model.Fingerprint: { } fingerprint } && fingerprint != ModuleFingerprint.Of(type))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                RuleCatalogue.StaleRecord,
                limit.Syntax.GetLocation(),
                entry.Run.Name,
                $"'{type.Name}' has other modules or parameters than in that run. Record a new one"));
            return;
        }

        bool byValue = method.Name == "ClipValue";
        RecordedLimit? recorded = entry.Model.Limits.FirstOrDefault(candidate => candidate.ByValue == byValue);
        if (recorded is not null && LimitFinding.Of(entry.Run, recorded, number, limit.Syntax.GetLocation()) is { } finding)
            context.ReportDiagnostic(finding);
    }

    // The arguments that name the gradients: those whose texts the method asks the compiler for.
    private static string GradientsOf(IInvocationOperation invocation)
    {
        HashSet<string?> named =
        [
            .. invocation.TargetMethod.Parameters.SelectMany(parameter => parameter.GetAttributes())
                .Where(attribute => attribute.AttributeClass?.Name == "CallerArgumentExpressionAttribute")
                .Select(attribute => attribute.ConstructorArguments.FirstOrDefault().Value as string),
        ];
        IEnumerable<string> texts = invocation.Arguments
            .Where(argument => argument.ArgumentKind == ArgumentKind.Explicit && named.Contains(argument.Parameter?.Name))
            .OrderBy(argument => argument.Parameter!.Ordinal)
            .Select(argument => argument.Syntax is ArgumentSyntax written ? written.Expression : argument.Syntax)
            .Select(syntax => syntax.ToString());
        return RecordedCall.OnOneLine(string.Join(", ", texts));
    }

    // As CallerMemberName names it: a local function or a lambda belongs to the member around it.
    private static string MemberOf(ISymbol symbol)
    {
        while (symbol is IMethodSymbol { MethodKind: MethodKind.LocalFunction or MethodKind.AnonymousFunction })
            symbol = symbol.ContainingSymbol;
        return symbol switch
        {
            IMethodSymbol { AssociatedSymbol: IPropertySymbol { IsIndexer: true } } => "Item",
            IMethodSymbol { AssociatedSymbol: { } associated } => associated.Name,
            _ => symbol.Name,
        };
    }
}

using System.Collections.Immutable;
using ClipGen.Analyzers.Rules;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Findings;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops;

/// <summary>Checks single clip calls: CLIP109 (ignored result under a policy that does not throw) and CLIP110 (infinite limit).</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ClipCallAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        ImmutableArray.Create(RuleCatalogue.IgnoredResult, RuleCatalogue.InfiniteLimit);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            var types = new KnownTypes(start.Compilation);
            if (types.HasTorchSharp || types.HasClipGen)
                start.RegisterOperationAction(operation => Analyze(operation, types), OperationKind.Invocation);
        });
    }

    private static void Analyze(OperationAnalysisContext context, KnownTypes types)
    {
        var invocation = (IInvocationOperation)context.Operation;
        IMethodSymbol method = invocation.TargetMethod;
        if (method.Name.IndexOf("clip", StringComparison.OrdinalIgnoreCase) < 0)
            return;
        bool isModel = ClipCalls.IsClipGradients(method, types);
        bool isGradients = ClipCalls.IsGradientsClip(method);
        if (!isModel && !isGradients && !ClipCalls.IsTorchClip(method, types) && !ClipCalls.IsTorchGradientsClip(method)
            && !ClipCalls.IsLossScalersClip(method) && !ClipCalls.IsClipSharded(method))
        {
            return;
        }

        if (invocation.Arguments.Any(IsReport))
            return;
        if (ClipCalls.LimitOf(invocation)?.ConstantNumber() is double limit && IsUnlimited(limit))
            ReportInfiniteLimit(context, invocation, isModel, types);
        else if ((isModel || isGradients) && invocation.Parent is IExpressionStatementOperation)
            ReportIgnored(context, invocation, types);
    }

    // A ClipReport receives what the result contains, and more than one norm.
    private static bool IsReport(IArgumentOperation argument) =>
        argument.ArgumentKind != ArgumentKind.DefaultValue
        && argument.Parameter?.Type is { Name: "ClipReport", ContainingNamespace.Name: "ClipGen" };

    private static bool IsUnlimited(double limit) => double.IsPositiveInfinity(limit) || limit >= float.MaxValue;

    private static void ReportInfiniteLimit(
        OperationAnalysisContext context, IInvocationOperation invocation, bool isModel, KnownTypes types)
    {
        string? receiver = isModel && invocation.Syntax is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access }
            ? access.Expression.ToString()
            : null;
        string advice = receiver is not null ? $"Call {receiver}.GradientNorm() to read the norm"
            : ClipCalls.IsGradientsClip(invocation.TargetMethod) ? "Call Gradients.Norm to read the norm"
            : types.TorchGradients is not null ? "Call TorchGradients.Norm to read the norm"
            : "Read the norm where it is needed, or clip with a finite limit";
        context.ReportDiagnostic(Diagnostic.Create(RuleCatalogue.InfiniteLimit, invocation.Syntax.GetLocation(),
            SyntaxPlaces.NameOf(invocation.Syntax), advice));
    }

    private static void ReportIgnored(OperationAnalysisContext context, IInvocationOperation invocation, KnownTypes types)
    {
        // A model declares its policy, whether it is the receiver or an argument. For buffers, the policy is an argument.
        IOperation? model = (invocation.Instance
            ?? invocation.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "model")?.Value)
            ?.WithoutConversions();
        string call = model?.Type is { } type ? $"ClipGradients() of '{type.Name}'" : $"Gradients.{invocation.TargetMethod.Name}";
        if ((model?.Type is { } declaring ? ClipCalls.DeclaredPolicyOf(declaring, types) : PolicyOf(invocation)) is { } policy)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                RuleCatalogue.IgnoredResult, invocation.Syntax.GetLocation(), SyntaxPlaces.NameOf(invocation.Syntax), call, policy));
        }
    }

    /// <summary>The policy that an argument names, if it does not throw.</summary>
    private static string? PolicyOf(IInvocationOperation invocation) =>
        invocation.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "nonFinite")?.Value is
        {
            Type: INamedTypeSymbol policy,
            ConstantValue: { HasValue: true, Value: int value and not 0 },
        }
            ? ClipCalls.NameOf(policy, value)
            : null;
}

using System.Collections.Immutable;
using ClipGen.Analyzers.Rules;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Suggestions;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.Torch;

/// <summary>Reports calls of TorchSharp's clip functions if the project references the package that replaces them (CLIP013).</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TorchClipAnalyzer : DiagnosticAnalyzer
{
    /// <summary>Property of the diagnostic: how the fix replaces the call, a <see cref="TorchReplacement"/>.</summary>
    internal const string ReplacementProperty = "replacement";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        ImmutableArray.Create(RuleCatalogue.TorchClipFunction);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(TorchClipCall.Utilities) is not { } utilities
                || start.Compilation.GetTypeByMetadataName(TorchClipCall.Replacement) is null)
            {
                return;
            }

            var types = new KnownTypes(start.Compilation);
            var bodies = new SourceBodies(start.Compilation);
            var held = new HeldModels(start.Compilation, types, bodies, new MemberValues(bodies));
            start.RegisterOperationAction(operation => Analyze(operation, utilities, types, held), OperationKind.Invocation);
        });
    }

    private static void Analyze(OperationAnalysisContext context, INamedTypeSymbol utilities, KnownTypes types, HeldModels held)
    {
        var call = (IInvocationOperation)context.Operation;
        IMethodSymbol method = call.TargetMethod;
        if (!TorchClipCall.Methods.TryGetValue(method.Name, out string? replacement)
            || !SymbolEqualityComparer.Default.Equals(method.ContainingType, utilities))
        {
            return;
        }

        TorchReplacement kind = KindOf(call, types, held);
        string fault = method.Name == TorchClipCall.Norm
            ? "loses digits, overflows, and spreads a NaN to all gradients"
            : "keeps a NaN and does not report it";
        string remedy = kind switch
        {
            TorchReplacement.Declared or TorchReplacement.DeclaredWithoutThrow =>
                "ClipGradients() does not, and uses the limit that the model declares",
            TorchReplacement.DeclaredBehindBase => "Gradients.Clip does not, and uses the limit that the model declares",
            _ when method.Name == TorchClipCall.Norm => $"TorchGradients.{replacement} does not",
            _ => $"TorchGradients.{replacement} names the parameter that holds one",
        };
        context.ReportDiagnostic(Diagnostic.Create(
            RuleCatalogue.TorchClipFunction,
            call.Syntax.GetLocation(),
            ImmutableDictionary<string, string?>.Empty.Add(ReplacementProperty, kind.ToString()),
            method.Name,
            fault,
            remedy));
    }

    private static TorchReplacement KindOf(IInvocationOperation call, KnownTypes types, HeldModels held)
    {
        if (call.TargetMethod.Name != TorchClipCall.Norm)
            return TorchReplacement.Call;
        if (NormUses.MayBeTested(call))
            return TorchReplacement.Propagating;
        // A model's limit is for the order of the norm that the model declares.
        if (call.Arguments.Any(argument => argument is { Parameter.Name: "norm_type", ArgumentKind: ArgumentKind.Explicit })
            || call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0)?.Value.WithoutConversions()
                is not IInvocationOperation
                {
                    TargetMethod.Name: "parameters",
                    Instance: { } model,
                } parameters
            || parameters.Arguments.Any(argument => argument.ArgumentKind == ArgumentKind.Explicit))
        {
            return TorchReplacement.Call;
        }

        IOperation instance = model.WithoutConversions();
        if (types.IsModel(instance.Type))
        {
            return !instance.Type.SelfAndBases().Any(types.DeclaresNorm) ? TorchReplacement.Call
                : ClipCalls.DeclaredPolicyOf(instance.Type, types) is null ? TorchReplacement.Declared
                : TorchReplacement.DeclaredWithoutThrow;
        }

        return Target.From(instance) is { } target && held.AreIn(target) ? TorchReplacement.DeclaredBehindBase : TorchReplacement.Call;
    }
}

using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Screening;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.Declarations;

/// <summary>
/// The models that optimizers of <c>ClipGen.Optimizers</c> step in this compilation, and the gradient sources that they hold.
/// </summary>
internal sealed class SteppedModels
{
    /// <summary>The base class of the optimizers.</summary>
    public const string OptimizerType = "ClipGen.Optimizers.Optimizer";

    private static readonly string[] Methods = ["ClipAndStep", "ClipAndStepSharded", "Step"];

    private readonly Dictionary<INamedTypeSymbol, SteppedGradientSource> _sources = new(SymbolEqualityComparer.Default);

    /// <summary>Finds the models. Only files that contain the name of an optimizer's method are bound.</summary>
    public static SteppedModels Find(Compilation compilation, CancellationToken cancellation)
    {
        var models = new SteppedModels();
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            if (!Methods.Any(FileIdentifiers.Of(tree, cancellation).All(cancellation).Contains))
            {
                continue;
            }

#pragma warning disable RS1030 // The call can be in another file than the model.
            SemanticModel model = compilation.GetSemanticModel(tree);
#pragma warning restore RS1030
            foreach (InvocationExpressionSyntax call in tree.GetRoot(cancellation).DescendantNodes().OfType<InvocationExpressionSyntax>())
            {
                if (IsNamed(call.Expression)
                    && model.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol { TypeArguments: [INamedTypeSymbol stepped] } method
                    && ClipCalls.IsOptimizersStep(method))
                {
                    models.Add(stepped.OriginalDefinition, method, compilation, cancellation);
                }
            }
        }

        return models;
    }

    /// <summary>The call that steps the type; null if there is none.</summary>
    public SteppedGradientSource? Find(INamedTypeSymbol type) =>
        _sources.TryGetValue(type, out SteppedGradientSource? source) ? source : null;

    private void Add(INamedTypeSymbol model, IMethodSymbol step, Compilation compilation, CancellationToken cancellation)
    {
        if (_sources.ContainsKey(model) || !SymbolEqualityComparer.Default.Equals(model.ContainingAssembly, compilation.Assembly))
        {
            return;
        }

        foreach (ParsedGradientSource source in GradientSourceIndex.Of(compilation).ReadClosure([model], cancellation))
        {
            if (!_sources.ContainsKey(source.Symbol))
            {
                _sources.Add(source.Symbol, new SteppedGradientSource(source, model, step));
            }
        }
    }

    private static bool IsNamed(ExpressionSyntax called) => called switch
    {
        MemberAccessExpressionSyntax access => Methods.Contains(access.Name.Identifier.ValueText),
        MemberBindingExpressionSyntax binding => Methods.Contains(binding.Name.Identifier.ValueText),
        _ => false,
    };
}

/// <summary>A gradient source whose gradients an optimizer steps.</summary>
/// <param name="Source">The gradient source.</param>
/// <param name="Model">The model that is passed to the step.</param>
/// <param name="Step">The called method.</param>
internal sealed record SteppedGradientSource(ParsedGradientSource Source, INamedTypeSymbol Model, IMethodSymbol Step);

using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Suggestions;

/// <summary>Finds the arguments that a method or constructor is given anywhere in the program. The program is read when the first is asked for.</summary>
internal sealed class CallSites(Compilation compilation, SourceBodies bodies)
{
    private readonly Lazy<ILookup<string, SyntaxNode>> _calls = new(() => Read(compilation));

    /// <summary>What the parameter is given by each call; <see langword="null"/> if not all calls can be seen.</summary>
    public IReadOnlyList<MemberValues.Value>? ArgumentsOf(IParameterSymbol parameter)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction or MethodKind.Constructor } method)
            return null;
        var values = new List<MemberValues.Value>();
        bool isConstructor = method.MethodKind == MethodKind.Constructor;
        foreach (SyntaxNode call in _calls.Value[isConstructor ? method.ContainingType.Name : method.Name].Concat(isConstructor ? _calls.Value["new"] : []))
        {
            if (values.Count > AnalysisLimits.ValuesOfLocal)
                return null;
            (IMethodSymbol? called, IEnumerable<IArgumentOperation> arguments) = bodies.OperationOf(call) switch
            {
                IInvocationOperation invocation => (invocation.TargetMethod, invocation.Arguments),
                IObjectCreationOperation creation => (creation.Constructor, creation.Arguments),
                _ => ((IMethodSymbol?)null, Enumerable.Empty<IArgumentOperation>()),
            };
            if (called is null || !IsCall(called.ReducedFrom ?? called, method))
                continue;
            if (arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == parameter.Ordinal) is not { } argument)
                return null;
            values.Add(new MemberValues.Value(argument.Value, bodies.FactsAround(call)));
        }

        return values;
    }

    private static bool IsCall(IMethodSymbol called, IMethodSymbol method)
    {
        for (IMethodSymbol? current = method; current is not null; current = current.OverriddenMethod)
        {
            if (TypeExtensions.IsSameDefinition(called, current))
                return true;
        }

        return method.ImplementedMethods().Any(implemented => TypeExtensions.IsSameDefinition(called, implemented));
    }

    private static ILookup<string, SyntaxNode> Read(Compilation compilation) =>
        compilation.SyntaxTrees
            .SelectMany(tree => tree.GetRoot().DescendantNodes())
            .Select(node => (Node: node, Name: NameOf(node)))
            .Where(call => call.Name is not null)
            .ToLookup(call => call.Name!, call => call.Node);

    private static string? NameOf(SyntaxNode node) => node switch
    {
        InvocationExpressionSyntax { Expression: SimpleNameSyntax name } => name.Identifier.ValueText,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } => access.Name.Identifier.ValueText,
        InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax binding } => binding.Name.Identifier.ValueText,
        ObjectCreationExpressionSyntax creation => creation.Type.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().FirstOrDefault()?.Identifier.ValueText,
        ImplicitObjectCreationExpressionSyntax => "new",
        _ => null,
    };
}

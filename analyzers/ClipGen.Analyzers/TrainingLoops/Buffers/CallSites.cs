using System.Collections.Concurrent;
using System.Collections.Immutable;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Screening;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Buffers;

/// <summary>
/// Finds the arguments of callers for the parameters of a constructor or method, in files that may contain training code.
/// </summary>
internal sealed class CallSites(Compilation compilation, SourceBodies bodies)
{
    private readonly ConcurrentDictionary<IParameterSymbol, IReadOnlyList<ValueInBody>> _known = new(SymbolEqualityComparer.Default);
    private readonly Lazy<ILookup<string, SyntaxNode>> _calls = new(() => CallsByName(compilation));

    public IReadOnlyList<ValueInBody> ArgumentsFor(IParameterSymbol parameter) => _known.GetOrAdd(parameter.OriginalDefinition, Find);

    /// <summary>The bodies that call a method.</summary>
    public IEnumerable<BodyFacts> CallersOf(IMethodSymbol method) =>
        _calls.Value[method.Name]
            .Take(AnalysisLimits.CallSites)
            .Where(call => bodies.OperationOf(call) is IInvocationOperation invocation
                && TypeExtensions.IsSameDefinition(invocation.TargetMethod, method))
            .Select(bodies.FactsAround)
            .OfType<BodyFacts>()
            .Distinct();

    private IReadOnlyList<ValueInBody> Find(IParameterSymbol parameter)
    {
        var found = new List<ValueInBody>();
        if (parameter.ContainingSymbol is not IMethodSymbol method)
            return found;
        bool isConstructor = method.MethodKind == MethodKind.Constructor;
        IEnumerable<SyntaxNode> calls = isConstructor
            ? _calls.Value[method.ContainingType.Name].Concat(_calls.Value[SyntaxExtensions.TargetTypedCreation])
            : _calls.Value[method.Name];
        foreach (SyntaxNode call in calls.Take(AnalysisLimits.CallSites))
        {
            IOperation? operation = bodies.OperationOf(call);
            (IMethodSymbol? called, ImmutableArray<IArgumentOperation> arguments) = operation.Call();
            if (!TypeExtensions.IsSameDefinition(called, method))
                continue;
            if (arguments.ValueFor(parameter) is { } given)
                found.Add(new ValueInBody(given, bodies.FactsAround(call) ?? bodies.Adopt(operation!.Root())));
        }

        return found;
    }

    /// <summary>
    /// Calls by the name of the method, object creations by the name of the type, and <c>new(…)</c> under a name of its own.
    /// </summary>
    private static ILookup<string, SyntaxNode> CallsByName(Compilation compilation) =>
        compilation.SyntaxTrees
            .Where(tree => FileIdentifiers.Of(tree, CancellationToken.None).HasTrainingWord)
            .SelectMany(tree => tree.GetRoot().DescendantNodes())
            .Where(node => node is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax)
            .ToLookup(call => call.CalledName() ?? "");
}

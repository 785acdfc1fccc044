using System.Collections.Concurrent;
using System.Collections.Immutable;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Screening;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Suggestions;

/// <summary>
/// Finds the arguments that calls anywhere in the program pass to a method or constructor. Only files that name it are read.
/// </summary>
internal sealed class GivenArguments(Compilation compilation, SourceBodies bodies)
{
    private readonly ConcurrentDictionary<(string Name, bool IsConstructor), SyntaxNode[]> _calls = new();

    /// <summary>The arguments for the parameter; <see langword="null"/> if some calls are not visible.</summary>
    public IReadOnlyList<MemberValues.Value>? ArgumentsOf(IParameterSymbol parameter)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol
            {
                MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction or MethodKind.Constructor,
            } method)
        {
            return null;
        }

        var values = new List<MemberValues.Value>();
        bool isConstructor = method.MethodKind == MethodKind.Constructor;
        foreach (SyntaxNode call in _calls.GetOrAdd((isConstructor ? method.ContainingType.Name : method.Name, isConstructor), CallsOf))
        {
            if (values.Count > AnalysisLimits.ValuesOfLocal)
                return null;
            (IMethodSymbol? called, ImmutableArray<IArgumentOperation> arguments) = bodies.OperationOf(call).Call();
            if (called is null || !IsCall(called.ReducedFrom ?? called, method))
                continue;
            if (arguments.ValueFor(parameter) is not { } given)
                return null;
            values.Add(new MemberValues.Value(given, bodies.FactsAround(call)));
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

    // A constructor can also be called by new(…), without its name.
    private SyntaxNode[] CallsOf((string Name, bool IsConstructor) key) =>
    [
        .. compilation.SyntaxTrees
            .Where(tree => FileIdentifiers.Of(tree, CancellationToken.None).All(CancellationToken.None).Contains(key.Name))
            .SelectMany(tree => tree.GetRoot().DescendantNodes())
            .Where(node => node.CalledName() is { } called
                && (called == key.Name || (key.IsConstructor && called == SyntaxExtensions.TargetTypedCreation))),
    ];
}

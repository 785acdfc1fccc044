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
/// Finds what callers hand over for the parameters of a constructor or method, in the files that have to do with training.
/// </summary>
internal sealed class CallSites(Compilation compilation, SourceBodies bodies)
{
    private readonly ConcurrentDictionary<IParameterSymbol, IReadOnlyList<Argument>> _known = new(SymbolEqualityComparer.Default);
    private readonly Lazy<ILookup<string, SyntaxNode>> _calls = new(() => CallsByName(compilation));

    /// <summary>One argument, and the facts of the body that it stands in.</summary>
    internal readonly record struct Argument(IOperation Value, BodyFacts Facts);

    public IReadOnlyList<Argument> ArgumentsFor(IParameterSymbol parameter) => _known.GetOrAdd(parameter.OriginalDefinition, Find);

    /// <summary>The bodies that call a method.</summary>
    public IEnumerable<BodyFacts> CallersOf(IMethodSymbol method) =>
        _calls.Value[method.Name]
            .Take(AnalysisLimits.CallSites)
            .Where(call => bodies.OperationOf(call) is IInvocationOperation invocation
                && TypeExtensions.IsSameDefinition(invocation.TargetMethod, method))
            .Select(bodies.FactsAround)
            .OfType<BodyFacts>()
            .Distinct();

    private IReadOnlyList<Argument> Find(IParameterSymbol parameter)
    {
        var arguments = new List<Argument>();
        if (parameter.ContainingSymbol is not IMethodSymbol method)
            return arguments;
        bool isConstructor = method.MethodKind == MethodKind.Constructor;
        IEnumerable<SyntaxNode> calls = isConstructor
            ? _calls.Value[method.ContainingType.Name].Concat(_calls.Value["new"])
            : _calls.Value[method.Name];
        foreach (SyntaxNode call in calls.Take(AnalysisLimits.CallSites))
        {
            IOperation? operation = bodies.OperationOf(call);
            (ISymbol? called, ImmutableArray<IArgumentOperation> given) = operation switch
            {
                IObjectCreationOperation creation => (creation.Constructor, creation.Arguments),
                IInvocationOperation invocation => ((ISymbol?)invocation.TargetMethod, invocation.Arguments),
                _ => (null, ImmutableArray<IArgumentOperation>.Empty),
            };
            if (!TypeExtensions.IsSameDefinition(called, method))
                continue;
            if (given.FirstOrDefault(argument => argument.Parameter?.Ordinal == parameter.Ordinal) is { } argument)
                arguments.Add(new Argument(argument.Value, bodies.FactsAround(call) ?? bodies.Adopt(operation!.Root())));
        }

        return arguments;
    }

    /// <summary>Calls by the name of the method, creations by that of the type, and <c>new(…)</c> under <c>new</c>.</summary>
    private static ILookup<string, SyntaxNode> CallsByName(Compilation compilation) =>
        compilation.SyntaxTrees
            .Where(tree => FileIdentifiers.Of(tree, CancellationToken.None).HasTrainingWord)
            .SelectMany(tree => tree.GetRoot().DescendantNodes())
            .Where(node => node is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax)
            .ToLookup(NameOf);

    private static string NameOf(SyntaxNode call) => call switch
    {
        ObjectCreationExpressionSyntax creation => LastName(creation.Type),
        ImplicitObjectCreationExpressionSyntax => "new",
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } => access.Name.Identifier.ValueText,
        InvocationExpressionSyntax { Expression: SimpleNameSyntax name } => name.Identifier.ValueText,
        _ => "",
    };

    private static string LastName(TypeSyntax type) => type switch
    {
        QualifiedNameSyntax qualified => qualified.Right.Identifier.ValueText,
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        _ => "",
    };
}

using ClipGen.Analyzers.Semantics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Values;

/// <summary>Finds the values that methods of the program return.</summary>
internal sealed class ReturnedValues(SourceBodies bodies)
{
    /// <summary>The returned expressions, through local variables. Empty if the method has no source, or can be overridden.</summary>
    public IReadOnlyList<MemberValues.Value> Of(IMethodSymbol method)
    {
        IMethodSymbol definition = (method.ReducedFrom ?? method).OriginalDefinition;
        if (definition.IsAbstract || definition.IsVirtual || definition.DeclaringSyntaxReferences.FirstOrDefault() is not { } declaration
            || declaration.Span.Length > AnalysisLimits.BodyLength)
        {
            return [];
        }

        SyntaxNode syntax = declaration.GetSyntax();
        BodyFacts? facts = definition.MethodKind == MethodKind.LocalFunction ? bodies.FactsAround(syntax) : bodies.FactsOf(syntax);
        if (facts is null)
            return [];
        var values = new List<MemberValues.Value>();
        foreach (IOperation operation in facts.Root.DescendantsAndSelf())
        {
            if (operation is IReturnOperation { ReturnedValue: { } returned } && IsReturnOf(operation, definition))
                Add(returned.WithoutConversions(), facts, values);
        }

        return values;
    }

    private static void Add(IOperation returned, BodyFacts facts, List<MemberValues.Value> values)
    {
        if (returned is ILocalReferenceOperation local && facts.ValuesOf(local.Local) is { Count: > 0 } known)
            values.AddRange(known.Select(value => new MemberValues.Value(value, facts)));
        else
            values.Add(new MemberValues.Value(returned, facts));
    }

    /// <summary>Whether a return belongs to the function itself, not to one inside it.</summary>
    private static bool IsReturnOf(IOperation operation, IMethodSymbol function)
    {
        for (IOperation? around = operation.Parent; around is not null; around = around.Parent)
        {
            if (around is IAnonymousFunctionOperation)
                return false;
            if (around is ILocalFunctionOperation inner)
                return SymbolEqualityComparer.Default.Equals(inner.Symbol, function);
        }

        return function.MethodKind != MethodKind.LocalFunction;
    }
}

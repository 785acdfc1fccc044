using ClipGen.Analyzers.TrainingLoops.Dataflow;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Findings;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Heuristics;

/// <summary>
/// Recognizes networks that update one neuron at a time: <c>neuron.Error = …; neuron.AdjustWeights();</c>. The gradient is one number that
/// is gone, or no longer needed, before the next neuron's is computed, so that nothing can clip the gradients of the network.
/// </summary>
internal static class UnitUpdates
{
    /// <summary>
    /// Whether the object of the step, and that of every other call of the same method, computed the number that it applies in the same
    /// iteration.
    /// </summary>
    /// <param name="site">The step.</param>
    /// <param name="effects">What the methods of the program write and apply.</param>
    public static bool Contain(StepSite site, MemberEffects effects) =>
        site.Step.Method is { } method
        && site.Expanded.EventsOf(TrainingAction.Step)
            .Where(step => SymbolEqualityComparer.Default.Equals(step.Method?.OriginalDefinition, method.OriginalDefinition))
            .All(step => IsAtOnce(step, site.Expanded, effects));

    private static bool IsAtOnce(TrainingEvent step, ExpandedBody body, MemberEffects effects)
    {
        if (step.Syntax is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var unit } }
            || ScopeOf(step.Syntax) is not { } scope)
        {
            return false;
        }

        string name = unit.ToString();
        return IsAssigned(step, name, scope, effects)
            || body.EventsOf(TrainingAction.Backward).Any(found => found.Syntax.SyntaxTree == step.Syntax.SyntaxTree
                && found.Syntax.SpanStart < step.Syntax.SpanStart
                && ScopeOf(found.Syntax) == scope
                && ItemOf(found.Syntax, scope)?.ToString() == name
                && effects.AppliedOf(step, found).ToArray() is { Length: > 0 } applied && Array.TrueForAll(applied, IsNumber));
    }

    /// <summary>Whether the same iteration assigns the number: <c>neuron.Error = …</c>.</summary>
    private static bool IsAssigned(TrainingEvent step, string unit, SyntaxNode scope, MemberEffects effects)
    {
        HashSet<string> numbers =
        [
            .. effects.AppliedBy(step)
                .Where(member => IsNumber(member) && NetworkNames.IsCandidateOfAnyStep(member.Name))
                .Select(member => member.Name),
        ];
        return numbers.Count > 0 && scope.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(assignment =>
            assignment.SpanStart < step.Syntax.SpanStart
            && assignment.Left is MemberAccessExpressionSyntax { Expression: var written, Name.Identifier.ValueText: var member }
            && numbers.Contains(member)
            && written.ToString() == unit
            && ScopeOf(assignment) == scope);
    }

    private static bool IsNumber(ISymbol member) => BufferAccess.IsScalar(BufferAccess.TypeOf(member));

    private static SyntaxNode? ScopeOf(SyntaxNode node) =>
        node.Ancestors().FirstOrDefault(around => Constructs.IsLoop(around) || Constructs.IsFunction(around));

    /// <summary>The element or loop variable whose method is called.</summary>
    private static ExpressionSyntax? ItemOf(SyntaxNode computing, SyntaxNode scope) =>
        computing is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var called } }
        && (called is ElementAccessExpressionSyntax || IsItem(called, scope))
            ? called
            : null;

    private static bool IsItem(ExpressionSyntax called, SyntaxNode scope) =>
        scope is ForEachStatementSyntax { Identifier.ValueText: var item } && called is IdentifierNameSyntax name
        && name.Identifier.ValueText == item;
}

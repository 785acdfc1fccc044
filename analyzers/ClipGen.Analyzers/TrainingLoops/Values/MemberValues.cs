using System.Collections.Concurrent;
using ClipGen.Analyzers.Semantics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Values;

/// <summary>The values that the declaring type gives a field or an auto-property.</summary>
internal sealed class MemberValues(SourceBodies bodies)
{
    private readonly ConcurrentDictionary<ISymbol, IReadOnlyList<Value>> _known = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<INamedTypeSymbol, ILookup<string, AssignmentExpressionSyntax>> _assignments =
        new(SymbolEqualityComparer.Default);

    /// <summary>One value, with the facts of its body; <see langword="null"/> facts for an initializer.</summary>
    internal readonly record struct Value(IOperation Operation, BodyFacts? Facts);

    public IReadOnlyList<Value> Of(ISymbol member) => _known.GetOrAdd(member.OriginalDefinition, Find);

    private IReadOnlyList<Value> Find(ISymbol member)
    {
        var values = new List<Value>();
        if (member is not (IFieldSymbol or IPropertySymbol) || member.ContainingType is not { } type)
            return values;
        foreach (SyntaxReference reference in member.DeclaringSyntaxReferences)
        {
            ExpressionSyntax? initializer = reference.GetSyntax() switch
            {
                VariableDeclaratorSyntax declarator => declarator.Initializer?.Value,
                PropertyDeclarationSyntax property => property.Initializer?.Value ?? property.ExpressionBody?.Expression,
                _ => null,
            };
            if (initializer is not null && bodies.OperationOf(initializer) is { } operation)
                values.Add(new Value(operation, null));
        }

        foreach (AssignmentExpressionSyntax assignment in _assignments.GetOrAdd(type, FindAssignments)[member.Name])
        {
            if (bodies.OperationOf(assignment) is ISimpleAssignmentOperation { Target: IMemberReferenceOperation target } operation
                && SymbolEqualityComparer.Default.Equals(target.Member.OriginalDefinition, member))
            {
                values.Add(new Value(operation.Value, bodies.FactsAround(assignment)));
            }
        }

        return values;
    }

    /// <summary>The assignments in a type, by the name of the assigned member.</summary>
    private static ILookup<string, AssignmentExpressionSyntax> FindAssignments(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences
            .SelectMany(reference => reference.GetSyntax().DescendantNodes())
            .OfType<AssignmentExpressionSyntax>()
            .Where(assignment => assignment.IsKind(SyntaxKind.SimpleAssignmentExpression))
            .ToLookup(assignment => assignment.Left.LastName() ?? "");
}

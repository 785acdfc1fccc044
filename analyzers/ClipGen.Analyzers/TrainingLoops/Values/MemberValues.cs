using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Values;

/// <summary>What a field or an auto-property is ever set to in the type that declares it.</summary>
internal sealed class MemberValues(SourceBodies bodies)
{
    private readonly ConcurrentDictionary<ISymbol, IReadOnlyList<Value>> _known = new(SymbolEqualityComparer.Default);

    /// <summary>One value, with the facts of the body that it is set in; <see langword="null"/> facts for an initializer.</summary>
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

        foreach (SyntaxReference reference in type.DeclaringSyntaxReferences)
        {
            foreach (SyntaxNode node in reference.GetSyntax().DescendantNodes())
            {
                if (node is not AssignmentExpressionSyntax assignment || !assignment.IsKind(SyntaxKind.SimpleAssignmentExpression)
                    || !Names(assignment.Left, member.Name) || bodies.OperationOf(assignment) is not ISimpleAssignmentOperation operation)
                {
                    continue;
                }

                if (operation.Target is IMemberReferenceOperation target && SymbolEqualityComparer.Default.Equals(target.Member.OriginalDefinition, member))
                    values.Add(new Value(operation.Value, bodies.FactsAround(assignment)));
            }
        }

        return values;
    }

    private static bool Names(ExpressionSyntax left, string name) => left switch
    {
        IdentifierNameSyntax identifier => identifier.Identifier.ValueText == name,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText == name,
        _ => false,
    };
}

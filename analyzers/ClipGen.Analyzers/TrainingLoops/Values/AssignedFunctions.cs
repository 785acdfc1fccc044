using System.Collections.Concurrent;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Screening;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Values;

/// <summary>Finds the functions that the program subscribes to an event, or stores in a field or property.</summary>
internal sealed class AssignedFunctions(Compilation compilation, SourceBodies bodies)
{
    private readonly ConcurrentDictionary<ISymbol, IReadOnlyList<IOperation>> _known = new(SymbolEqualityComparer.Default);

    /// <summary>The values, in file order.</summary>
    public IReadOnlyList<IOperation> Of(ISymbol member) => _known.GetOrAdd(member.OriginalDefinition, Find);

    private List<IOperation> Find(ISymbol member)
    {
        var values = new List<IOperation>();
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            if (!FileIdentifiers.Of(tree, default).All(default).Contains(member.Name))
                continue;
            foreach (AssignmentExpressionSyntax assignment in tree.GetRoot().DescendantNodes().OfType<AssignmentExpressionSyntax>())
            {
                if (IsCandidate(assignment, member.Name) && ValueOf(bodies.OperationOf(assignment), member) is { } value)
                    values.Add(value);
            }
        }

        return values;
    }

    private static bool IsCandidate(AssignmentExpressionSyntax assignment, string name) =>
        assignment.Kind() is SyntaxKind.SimpleAssignmentExpression or SyntaxKind.AddAssignmentExpression
            or SyntaxKind.CoalesceAssignmentExpression
        && assignment.Left switch
        {
            IdentifierNameSyntax identifier => identifier.Identifier.ValueText == name,
            MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText == name,
            MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText == name,
            _ => false,
        };

    private static IOperation? ValueOf(IOperation? assignment, ISymbol member)
    {
        (IOperation? target, IOperation? value) = assignment switch
        {
            IEventAssignmentOperation { Adds: true } subscription => (subscription.EventReference, subscription.HandlerValue),
            IAssignmentOperation assigned => (assigned.Target, assigned.Value),
            _ => (null, null),
        };
        return target is IMemberReferenceOperation reference && TypeExtensions.IsSameDefinition(reference.Member, member)
            ? value?.WithoutConversions()
            : null;
    }
}

using System.Collections.Concurrent;
using ClipGen.Analyzers.Semantics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Values;

/// <summary>Provides the operations of other bodies than the analyzed one: those of called methods, and of initializers.</summary>
internal sealed class SourceBodies(Compilation compilation)
{
    private readonly ConcurrentDictionary<SyntaxNode, BodyFacts?> _facts = new();
    private readonly ConcurrentDictionary<SyntaxTree, SemanticModel> _models = new();

    /// <summary>The facts of a body that the compiler has bound already.</summary>
    public BodyFacts Adopt(IOperation root) => _facts.GetOrAdd(root.Syntax, _ => new BodyFacts(root))!;

    public IOperation? OperationOf(SyntaxNode node)
    {
        if (!compilation.ContainsSyntaxTree(node.SyntaxTree))
            return null;
#pragma warning disable RS1030 // Called methods can be in other files. Only files that a training step reaches are bound.
        SemanticModel model = _models.GetOrAdd(node.SyntaxTree, tree => compilation.GetSemanticModel(tree));
#pragma warning restore RS1030
        return model.GetOperation(node);
    }

    /// <summary>The facts of a method's body; <see langword="null"/> if it has none in source.</summary>
    public BodyFacts? FactsOf(SyntaxNode body) =>
        _facts.GetOrAdd(body, node => OperationOf(node) is { } operation ? new BodyFacts(operation.Root()) : null);

    /// <summary>The facts of the body of a method, unless it is very long.</summary>
    public BodyFacts? FactsOf(IMethodSymbol method) => method.DeclaringSyntaxReferences
        .Where(reference => reference.Span.Length <= AnalysisLimits.BodyLength)
        .Select(reference => FactsOf(reference.GetSyntax()))
        .FirstOrDefault(facts => facts is not null);

    /// <summary>The facts of the body that contains the node.</summary>
    public BodyFacts? FactsAround(SyntaxNode node)
    {
        for (SyntaxNode? current = node; current is not null; current = current.Parent)
        {
            if (current is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax
                || (current is CompilationUnitSyntax unit && HasTopLevelStatements(unit)))
            {
                return FactsOf(current);
            }
            if (current is PropertyDeclarationSyntax { ExpressionBody: { } arrow })
                return FactsOf(arrow);
        }

        return null;
    }

    private static bool HasTopLevelStatements(CompilationUnitSyntax unit) => unit.Members.Any(SyntaxKind.GlobalStatement);
}

using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Values;

/// <summary>Reaches the operations of other bodies than the one that the compiler hands over: called methods and the types of what is stepped.</summary>
internal sealed class SourceBodies(Compilation compilation, CancellationToken cancellation)
{
    private readonly ConcurrentDictionary<SyntaxNode, BodyFacts?> _facts = new();
    private readonly ConcurrentDictionary<SyntaxTree, SemanticModel> _models = new();

    public Compilation Compilation => compilation;

    public CancellationToken Cancellation => cancellation;

    /// <summary>Takes over what the compiler has bound already.</summary>
    public BodyFacts Adopt(IOperation root) => _facts.GetOrAdd(root.Syntax, _ => new BodyFacts(root))!;

    public IOperation? OperationOf(SyntaxNode node)
    {
        if (!compilation.ContainsSyntaxTree(node.SyntaxTree))
            return null;
#pragma warning disable RS1030 // Summaries of called methods need the models of other files; only files that a training step reaches are bound.
        SemanticModel model = _models.GetOrAdd(node.SyntaxTree, tree => compilation.GetSemanticModel(tree));
#pragma warning restore RS1030
        return model.GetOperation(node, cancellation);
    }

    /// <summary>The facts of a method's body; <see langword="null"/> where it has none in source.</summary>
    public BodyFacts? FactsOf(SyntaxNode body) => _facts.GetOrAdd(body, node => OperationOf(node) is { } operation ? new BodyFacts(RootOf(operation)) : null);

    public BodyFacts? FactsAround(SyntaxNode node)
    {
        for (SyntaxNode? current = node; current is not null; current = current.Parent)
        {
            if (current is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax || (current is CompilationUnitSyntax unit && HasTopLevelStatements(unit)))
                return FactsOf(current);
            if (current is PropertyDeclarationSyntax { ExpressionBody: { } arrow })
                return FactsOf(arrow);
        }

        return null;
    }

    public static bool HasTopLevelStatements(CompilationUnitSyntax unit) => unit.Members.Any(SyntaxKind.GlobalStatement);

    public static IOperation RootOf(IOperation operation)
    {
        while (operation.Parent is { } parent)
            operation = parent;
        return operation;
    }
}

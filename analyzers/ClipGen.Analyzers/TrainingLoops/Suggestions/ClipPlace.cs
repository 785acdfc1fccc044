using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Findings;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Suggestions;

/// <summary>
/// The place where a clip takes effect: before the step or, if the step computes the gradients in a closure, in the closure after that.
/// </summary>
/// <param name="Node">The statement, or an expression in it, before or after which the clip is inserted.</param>
/// <param name="IsAfter">Whether the clip is inserted after the node.</param>
internal readonly record struct ClipPlace(SyntaxNode Node, bool IsAfter)
{
    /// <returns><see langword="null"/> if one call computes and uses the gradients, so that no code can run between.</returns>
    public static ClipPlace? Of(StepSite site, SemanticModel model)
    {
        if (site.Backward is not { } backward)
            return new ClipPlace(site.Site, IsAfter: false);
        foreach (SyntaxNode closure in ClosuresOf(site.Site, model))
        {
            if (SyntaxPlaces.Contains(closure, backward.Site) || SyntaxPlaces.Contains(closure, backward.Syntax))
                return InClosure(site, closure);
        }

        return SyntaxPlaces.Contains(site.Site, backward.Site) ? null : new ClipPlace(site.Site, IsAfter: false);
    }

    /// <summary>The functions that a call receives: lambdas, local functions and methods.</summary>
    private static IEnumerable<SyntaxNode> ClosuresOf(SyntaxNode call, SemanticModel model)
    {
        if (call is not InvocationExpressionSyntax invocation)
            yield break;
        foreach (ArgumentSyntax argument in invocation.ArgumentList.Arguments)
        {
            ExpressionSyntax value = argument.Expression;
            for (int depth = 0; depth < 3; depth++)
            {
                if (value is AnonymousFunctionExpressionSyntax)
                {
                    yield return value;
                    break;
                }

                if (value is LiteralExpressionSyntax)
                    break;
                SyntaxNode? declaration = model.GetSymbolInfo(value).Symbol?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax();
                if (declaration is LocalFunctionStatementSyntax or MethodDeclarationSyntax)
                    yield return declaration;
                // The symbols of another file belong to another semantic model.
                if (declaration is not VariableDeclaratorSyntax { Initializer.Value: { } initial }
                    || initial.SyntaxTree != model.SyntaxTree)
                {
                    break;
                }

                value = initial is ObjectCreationExpressionSyntax { ArgumentList.Arguments: { Count: 1 } wrapped }
                    ? wrapped[0].Expression
                    : initial;
            }
        }
    }

    private static ClipPlace? InClosure(StepSite site, SyntaxNode closure)
    {
        var places = new List<SyntaxNode>();
        foreach (TrainingEvent found in site.Expanded.EventsOf(TrainingAction.Backward))
        {
            if (SyntaxPlaces.Contains(closure, found.Site))
                places.Add(found.Site);
            else if (SyntaxPlaces.Contains(closure, found.Syntax))
                places.Add(found.Syntax);
            else if (found.Through.LastOrDefault()?.Body == closure)
                return null;
        }

        if (places.Count == 0 || closure.SyntaxTree != site.Site.SyntaxTree)
            return null;
        return BodyOf(closure) is BlockSyntax block ? After(block, places) : new ClipPlace(places[0], IsAfter: true);
    }

    private static SyntaxNode? BodyOf(SyntaxNode function) => function switch
    {
        AnonymousFunctionExpressionSyntax lambda => lambda.Body,
        LocalFunctionStatementSyntax local => local.Body,
        MethodDeclarationSyntax method => method.Body,
        _ => null,
    };

    /// <summary>The last statement that computes gradients, with the loops and conditions around it, unless it ends the function.</summary>
    private static ClipPlace? After(BlockSyntax block, List<SyntaxNode> places)
    {
        BlockSyntax current = block;
        while (true)
        {
            if (current.Statements.LastOrDefault(statement => places.Exists(place => statement.Span.Contains(place.Span))) is not { } last)
                return null;
            switch (last)
            {
                case ExpressionStatementSyntax or LocalDeclarationStatementSyntax:
                    return new ClipPlace(last, IsAfter: true);
                case ReturnStatementSyntax:
                    // return Loss(batch); stores its value in a variable.
                    return new ClipPlace(places.Last(place => last.Span.Contains(place.Span)), IsAfter: true);
            }

            if (!last.DescendantNodes(node => !Constructs.IsFunction(node)).OfType<ReturnStatementSyntax>().Any())
                return new ClipPlace(last, IsAfter: true);
            if (InnerBlockOf(last) is not { } inner)
                return null;
            current = inner;
        }
    }

    private static BlockSyntax? InnerBlockOf(StatementSyntax statement) => statement switch
    {
        BlockSyntax block => block,
        UsingStatementSyntax { Statement: BlockSyntax block } => block,
        LockStatementSyntax { Statement: BlockSyntax block } => block,
        CheckedStatementSyntax { Block: var block } => block,
        TryStatementSyntax { Block: var block } => block,
        _ => null,
    };
}

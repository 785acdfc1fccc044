using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>One step that is judged, and what surrounds it.</summary>
internal sealed class StepSite
{
    private readonly Lazy<SyntaxNode?> _trainingLoop;

    public StepSite(StepPlace place, EventNode node)
    {
        Optimizer = place.Optimizer;
        Before = place.Before;
        Step = node.Event!;
        Backward = place.Optimizer.Flow.BackwardBefore(node);
        _trainingLoop = new Lazy<SyntaxNode?>(() =>
            Constructs.LoopsAround(Site).FirstOrDefault(loop => Backward is not null && SyntaxPlaces.Contains(loop, Backward.Site)));
    }

    public OptimizerSteps Optimizer { get; }

    public ExpandedBody Expanded => Optimizer.Expanded;

    public BodyGraph Body => Optimizer.Expanded.Body;

    public OptimizerKey Key => Optimizer.Key;

    public StepFlow Flow => Optimizer.Flow;

    /// <summary>What can have happened to the gradients before the step.</summary>
    public GradientState Before { get; }

    public TrainingEvent Step { get; }

    /// <summary>Where in the body the step is reached.</summary>
    public SyntaxNode Site => Step.Site;

    /// <summary>The nearest backward pass whose gradients are stepped on.</summary>
    public TrainingEvent? Backward { get; }

    /// <summary>The innermost loop that repeats backward pass and step together.</summary>
    public SyntaxNode? TrainingLoop => _trainingLoop.Value;

    public string MethodName => SyntaxPlaces.NameOf(Body.Body);

    /// <summary>
    /// The name of what is stepped. The parameter of a lambda in another method (<c>layers.ForEach(l =&gt; …)</c>) says nothing here and goes by its type.
    /// </summary>
    public string OptimizerName => Key.Optimizer switch
    {
        { Root: null } => Step.Method?.ContainingType?.Name ?? WrittenName ?? "this",
        { Root: IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } } root, Type: { Name.Length: > 0 } type }
            when root.DeclaringSyntaxReferences.All(IsElsewhere) => type.Name,
        var optimizer => optimizer.Text,
    };

    /// <summary>The backward pass as messages name it: by the line that reaches it from this body, since the line in a called method would mislead.</summary>
    public string BackwardPlace => Backward is { } backward ? $"the backward pass in line {SyntaxPlaces.LineOf(backward.Site)}" : "the backward pass";

    public Diagnostic Report(DiagnosticDescriptor rule, SyntaxNode reported, ImmutableDictionary<string, string?>? properties, params object[] arguments) =>
        Diagnostic.Create(rule, SyntaxPlaces.LocationOf(reported), Related(reported), properties, arguments);

    /// <summary>The additional locations of a finding: the backward pass, and the step if the finding is elsewhere.</summary>
    private ImmutableArray<Location> Related(SyntaxNode reported)
    {
        var related = ImmutableArray.CreateBuilder<Location>();
        if (Backward is { } backward)
            related.Add(backward.Site.GetLocation());
        if (Step.Syntax != reported)
            related.Add(Step.Syntax.GetLocation());
        return related.ToImmutable();
    }

    /// <summary>What an update in the body itself writes: <c>p.Data</c> for <c>p.Data[i] -= …</c>.</summary>
    private string? WrittenName
    {
        get
        {
            ExpressionSyntax? written = Site == Step.Syntax ? (Step.Syntax as AssignmentExpressionSyntax)?.Left : null;
            while (written is ElementAccessExpressionSyntax element)
                written = element.Expression;
            return written is IdentifierNameSyntax or MemberAccessExpressionSyntax ? written.ToString() : null;
        }
    }

    private bool IsElsewhere(SyntaxReference declaration) =>
        declaration.SyntaxTree != Site.SyntaxTree || !Body.Facts.Root.Syntax.Span.Contains(declaration.Span);
}

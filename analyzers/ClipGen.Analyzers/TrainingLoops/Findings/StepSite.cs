using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>One step under judgement, and what surrounds it.</summary>
internal sealed class StepSite
{
    public StepSite(TrainingProgram program, BodyGraph body, EventGraph graph, OptimizerKey key, StepFlow flow, EventNode node)
    {
        Program = program;
        Body = body;
        Graph = graph;
        Key = key;
        Flow = flow;
        Node = node;
        Backward = FindBackward();
    }

    public TrainingProgram Program { get; }

    public BodyGraph Body { get; }

    public EventGraph Graph { get; }

    public OptimizerKey Key { get; }

    public StepFlow Flow { get; }

    public EventNode Node { get; }

    public TrainingEvent Step => Node.Event!;

    /// <summary>Where in the body the step is reached.</summary>
    public SyntaxNode Site => Step.Site;

    /// <summary>The nearest backward pass whose gradients are stepped on.</summary>
    public TrainingEvent? Backward { get; }

    /// <summary>The innermost loop in which backward pass and step are repeated together.</summary>
    public SyntaxNode? TrainingLoop =>
        Constructs.LoopsAround(Site).FirstOrDefault(loop => Backward is not null && Contains(loop, Backward.Site));

    public string MethodName => NameOf(Body.Body);

    /// <summary>What is stepped. The parameter of a lambda in another method (<c>layers.ForEach(l =&gt; …)</c>) says nothing here and goes by its type.</summary>
    public string OptimizerName => Key.Optimizer switch
    {
        { Root: null } => Step.Method?.ContainingType?.Name ?? "this",
        { Root: IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } } root, Type: { Name.Length: > 0 } type }
            when root.DeclaringSyntaxReferences.All(declaration => declaration.SyntaxTree != Site.SyntaxTree || !Body.Facts.Root.Syntax.Span.Contains(declaration.Span)) => type.Name,
        var optimizer => optimizer.Text,
    };

    public string BackwardPlace => Backward is { } backward ? PlaceOf(backward) : "the backward pass";

    public static bool Contains(SyntaxNode outer, SyntaxNode inner) => outer.SyntaxTree == inner.SyntaxTree && outer.Span.Contains(inner.Span);

    /// <summary>The additional locations of a finding: the backward pass, and the step where the finding is elsewhere.</summary>
    public ImmutableArray<Location> Related(SyntaxNode reported)
    {
        var related = ImmutableArray.CreateBuilder<Location>();
        if (Backward is { } backward)
            related.Add(backward.Site.GetLocation());
        if (Step.Syntax != reported)
            related.Add(Step.Syntax.GetLocation());
        return related.ToImmutable();
    }

    public Diagnostic Report(DiagnosticDescriptor rule, SyntaxNode reported, ImmutableDictionary<string, string?>? properties, params object[] arguments) =>
        Diagnostic.Create(rule, LocationOf(reported), Related(reported), properties, arguments);

    /// <summary>Events in the same place twice: once where they stand, once before the construct around them.</summary>
    public IEnumerable<EventNode> Clips() => Graph.Nodes.Where(node => node.Event is { Kind: EventKind.Clip, IsOutOfSight: false });

    public static string NameOf(SyntaxNode body)
    {
        for (SyntaxNode? node = body; node is not null; node = node.Parent)
        {
            switch (node)
            {
                case MethodDeclarationSyntax method:
                    return method.Identifier.ValueText;
                case LocalFunctionStatementSyntax function:
                    return function.Identifier.ValueText;
                case ConstructorDeclarationSyntax constructor:
                    return constructor.Identifier.ValueText;
                case PropertyDeclarationSyntax property:
                    return property.Identifier.ValueText;
                case OperatorDeclarationSyntax or ConversionOperatorDeclarationSyntax:
                    return "operator";
            }
        }

        return "Program";
    }

    // x?.step(): the whole expression is what a reader takes for the call.
    public static Location LocationOf(SyntaxNode node)
    {
        while (node.Parent is ConditionalAccessExpressionSyntax access && access.WhenNotNull == node)
            node = access;
        return node.GetLocation();
    }

    private string PlaceOf(TrainingEvent found)
    {
        // Where this body reaches it: the line in a called method would send the reader away.
        int line = found.Site.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
        return $"the backward pass in line {line}";
    }

    private TrainingEvent? FindBackward()
    {
        List<EventNode>[] previous = Previous(Graph);
        var seen = new HashSet<int> { Node.Index };
        var waiting = new Queue<EventNode>();
        waiting.Enqueue(Node);
        while (waiting.Count > 0)
        {
            foreach (EventNode before in previous[waiting.Dequeue().Index])
            {
                if (before.Event?.Kind == EventKind.Backward)
                    return before.Event;
                if (seen.Add(before.Index))
                    waiting.Enqueue(before);
            }
        }

        return null;
    }

    private static List<EventNode>[] Previous(EventGraph graph)
    {
        var previous = new List<EventNode>[graph.Nodes.Count];
        for (int i = 0; i < previous.Length; i++)
            previous[i] = [];
        foreach (EventNode node in graph.Nodes)
        {
            foreach (EventNode next in node.Next)
                previous[next.Index].Add(node);
        }

        return previous;
    }
}

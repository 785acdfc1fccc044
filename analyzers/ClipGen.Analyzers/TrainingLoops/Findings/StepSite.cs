using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Suggestions;
using ClipGen.Analyzers.TrainingLoops.Values;
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
    /// The name of what is stepped, as a reader of the body sees it: no private member of another class, no variable of a called method.
    /// Where nothing of it can be seen, and where an object steps itself, that is the call.
    /// </summary>
    public string OptimizerName => Key.Optimizer switch
    {
        // An update that a called method writes out: what it updates says more than the variables that lead there.
        { Last: (IFieldSymbol or IPropertySymbol) and var updated } when Step.Gradients is not null && Step.Site != Step.Syntax =>
            updated.Name,
        {
            Root: IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } } root,
            Type: { Name.Length: > 0 } type,
        }
            when root.DeclaringSyntaxReferences.All(IsElsewhere) => type.Name,
        var optimizer => NameOf(optimizer) ?? CallOf(Site),
    };

    /// <summary>
    /// What is stepped, behind the verb: <c>steps 'adam'</c>, and <c>steps with 'UpdateWeights'</c> where only the call has a name.
    /// </summary>
    public string SteppedName =>
        NameOf(Key.Optimizer) is null && OptimizerName == CallOf(Site) ? $"with '{OptimizerName}'" : $"'{OptimizerName}'";

    /// <summary>
    /// The backward pass as messages name it: by its line in this body, or, where that line does not say what it is, by the method that
    /// holds it as well.
    /// </summary>
    public string BackwardPlace
    {
        get
        {
            if (Backward is not { } backward)
                return "the backward pass";
            int line = SyntaxPlaces.LineOf(backward.Site);
            if (backward.Through.IsEmpty)
                return $"the backward pass in line {line}";
            string name = SyntaxPlaces.NameOf(backward.Through[0].Body);
            bool isNamed = backward.Site.DescendantTokens().Any(token => token.ValueText == name);
            return isNamed && TrainingVocabulary.IsBackwardName(name) ? $"the backward pass in line {line}"
                : isNamed ? $"the backward pass in '{name}', called in line {line}"
                : $"the backward pass in '{name}', which line {line} reaches";
        }
    }

    /// <summary>The name of a network as a reader of the body sees it, else that of its type.</summary>
    public string VisibleName(Target network) => NameOf(network) ?? network.Type?.Name ?? MethodName;

    public Diagnostic Report(DiagnosticDescriptor rule, SyntaxNode reported, ImmutableDictionary<string, string?>? properties,
        params object[] arguments) =>
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

    private bool IsElsewhere(SyntaxReference declaration) =>
        declaration.SyntaxTree != Site.SyntaxTree || !Body.Facts.Root.Syntax.Span.Contains(declaration.Span);

    private string? NameOf(Target target) =>
        Body.Facts.Root.SemanticModel is { } model && model.SyntaxTree == Site.SyntaxTree
            ? new TargetNames(model, Site).VisibleNameOf(target)
        : target.Root is null ? null
        : target.Text;

    /// <summary>The call or update that a reader finds at the place, without its arguments.</summary>
    private static string CallOf(SyntaxNode site) => site switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } =>
            $"{access.Expression.ToString().Split('\n')[0].Trim()}.{access.Name}",
        InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax binding } => binding.Name.ToString(),
        InvocationExpressionSyntax call => call.Expression.ToString(),
        BaseObjectCreationExpressionSyntax creation => creation.ToString().Split('\n')[0],
        AssignmentExpressionSyntax assignment => WithoutIndices(assignment.Left).ToString(),
        _ => site.ToString().Split('\n')[0].Trim(),
    };

    /// <summary><c>p.Data</c> of <c>p.Data[i]</c>.</summary>
    private static ExpressionSyntax WithoutIndices(ExpressionSyntax written)
    {
        while (written is ElementAccessExpressionSyntax element)
            written = element.Expression;
        return written;
    }
}

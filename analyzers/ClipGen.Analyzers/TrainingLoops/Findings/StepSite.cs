using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Suggestions;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>One step, and the context that the rules need.</summary>
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

    /// <summary>The possible states of the gradients before the step.</summary>
    public GradientState Before { get; }

    public TrainingEvent Step { get; }

    /// <summary>The place in the body that reaches the step.</summary>
    public SyntaxNode Site => Step.Site;

    /// <summary>The nearest backward pass before the step.</summary>
    public TrainingEvent? Backward { get; }

    /// <summary>The innermost loop that repeats both the backward pass and the step.</summary>
    public SyntaxNode? TrainingLoop => _trainingLoop.Value;

    public string MethodName => SyntaxPlaces.NameOf(Body.Body);

    /// <summary>
    /// The name of the stepped object as it is visible in the body, without private members of other classes and variables of called
    /// methods. If no name is visible, or if an object steps itself, the name of the call.
    /// </summary>
    public string OptimizerName => Key.Optimizer switch
    {
        // For an update that is written out in a called method, the updated parameters are more informative than the variables that lead
        // there, if the caller can see them.
        { Last: (IFieldSymbol or IPropertySymbol) and var updated }
            when Step.Gradients is not null && Step.Site != Step.Syntax && IsAccessible(updated) => updated.Name,
        {
            Root: IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } } root,
            Type: { Name.Length: > 0 } type,
        }
            when root.DeclaringSyntaxReferences.All(IsElsewhere) => type.Name,
        var optimizer => NameOf(optimizer) ?? CallOf(Site),
    };

    /// <summary>
    /// The stepped object as messages name it: <c>steps 'adam'</c>, or <c>steps with 'UpdateWeights'</c> if only the call has a name.
    /// </summary>
    public string SteppedName =>
        NameOf(Key.Optimizer) is null && OptimizerName == CallOf(Site) ? $"with '{OptimizerName}'" : $"'{OptimizerName}'";

    /// <summary>
    /// The backward pass as messages name it: by its line in this body, and also by the method that contains it if that line does not show
    /// a backward pass.
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

    /// <summary>The name of a network as it is visible in the body, or that of its type.</summary>
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

    private bool IsAccessible(ISymbol member) => Body.Facts.Root.SemanticModel is not { } model
        || model.SyntaxTree != Site.SyntaxTree
        || model.IsAccessible(Site.SpanStart, member);

    private string? NameOf(Target target) =>
        Body.Facts.Root.SemanticModel is { } model && model.SyntaxTree == Site.SyntaxTree
            ? new TargetNames(model, Site).VisibleNameOf(target)
        : target.Root is null ? null
        : target.Text;

    /// <summary>The call or update at the place, without its arguments.</summary>
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

using ClipGen.Analyzers.Rules;
using ClipGen.Analyzers.TrainingLoops.Buffers;
using ClipGen.Analyzers.TrainingLoops.Calls;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>
/// CLIP113: a loop clips, or trains a model that declares a limit, but its backward pass or its step is not recognized. No other rule can
/// check such a loop, so the user should know.
/// </summary>
internal sealed class UnrecognizedTraining(KnownTypes types, CallGraph calls, CalledMethods called, CallSites sites)
{
    private const TrainingAction Needed = TrainingAction.Backward | TrainingAction.Step;

    public Diagnostic? In(BodyGraph body)
    {
        TrainingAction known = KnownIn(body);
        if (known == Needed || body.Facts.Root.SemanticModel is not { } model)
            return null;
        IEnumerable<TrainingEvent> events =
            body.SelfAndInner.SelectMany(part => part.Graph.Nodes).Select(node => node.Event).OfType<TrainingEvent>();
        foreach (TrainingEvent found in events.OrderByDescending(IsClip))
        {
            if (ActivityOf(found) is not { } activity)
                continue;
            foreach (SyntaxNode loop in Constructs.LoopsAround(found.Syntax))
            {
                if (AdviceFor(loop, found.Syntax, Needed & ~known, model) is not { } advice)
                    continue;
                return IsPartOfKnownTraining(body, model)
                    ? null
                    : Diagnostic.Create(
                        RuleCatalogue.TrainingNotRecognized,
                        SyntaxPlaces.LocationOf(found.Syntax),
                        SyntaxPlaces.NameOf(found.Syntax),
                        activity,
                        known == TrainingAction.None ? "backward pass and no optimizer step" : NounOf(Needed & ~known),
                        advice);
            }
        }

        return null;
    }

    /// <summary>Writes that fill gradients are a backward pass for a step.</summary>
    private TrainingAction KnownIn(BodyGraph body)
    {
        TrainingAction actions = calls.ComponentOf(body).Actions;
        return (actions & TrainingAction.Step) != 0 && (actions & TrainingAction.GradientWrite) != 0 ? Needed : actions & Needed;
    }

    private static bool IsClip(TrainingEvent found) =>
        ActionOf(found) == TrainingAction.Clip && found is { Evidence: >= Evidence.Certain, IsOutOfSight: false };

    private static TrainingAction ActionOf(TrainingEvent found) => found.IsCall ? found.Classification.Action : found.Action;

    /// <summary>The action in a loop that shows that it trains; <see langword="null"/> if there is none.</summary>
    private string? ActivityOf(TrainingEvent found)
    {
        TrainingAction action = ActionOf(found);
        if (IsClip(found))
            return "clips";
        if (!types.IsModel(found.TargetType))
            return null;
        if (found is { IsCall: true, Method: { MethodKind: MethodKind.Ordinary } method })
            action |= calls.ComponentOf(calls.CalleesOf(method, found.IsVirtual)).Actions;
        return (action & Needed) switch
        {
            TrainingAction.Backward => $"computes gradients of '{found.TargetType!.Name}', which declares a limit,",
            TrainingAction.Step => $"updates '{found.TargetType!.Name}', which declares a limit,",
            _ => null,
        };
    }

    /// <summary>
    /// The calls in the loop that may be the missing one: the one before the place for a backward pass, the one after it for a step.
    /// </summary>
    private string? AdviceFor(SyntaxNode loop, SyntaxNode place, TrainingAction missing, SemanticModel model)
    {
        (SyntaxNode Syntax, IMethodSymbol Method)[] candidates = [.. CandidatesIn(loop, model)];
        var advice = new List<string>();
        if ((missing & TrainingAction.Backward) != 0)
        {
            if (candidates.LastOrDefault(call => call.Syntax.Span.End <= place.SpanStart).Method is not { } backward)
                return null;
            advice.Add($"if '{backward.Name}' computes the gradients, {Teach(backward, "BackwardPass", TrainingOptions.BackwardKey)}");
        }

        if ((missing & TrainingAction.Step) != 0)
        {
            if (candidates.FirstOrDefault(call => call.Syntax.SpanStart >= place.Span.End).Method is not { } step)
                return null;
            advice.Add($"if '{step.Name}' applies them, {Teach(step, "OptimizerStep", TrainingOptions.StepKey)}");
        }

        string all = string.Join("; ", advice);
        return char.ToUpperInvariant(all[0]) + all.Substring(1);
    }

    private static string Teach(IMethodSymbol method, string attribute, string option) =>
        method.DeclaringSyntaxReferences.IsEmpty ? $"name it in {option} in .editorconfig" : $"mark it with [{attribute}]";

    private IEnumerable<(SyntaxNode Syntax, IMethodSymbol Method)> CandidatesIn(SyntaxNode loop, SemanticModel model)
    {
        foreach (InvocationExpressionSyntax call in loop.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (model.GetSymbolInfo(call).Symbol is IMethodSymbol method && IsCandidate(method))
                yield return (call, method);
        }
    }

    /// <summary>
    /// Whether a call can compute or apply gradients: the framework does not declare it, it returns nothing or a number, and it has a
    /// receiver or arguments.
    /// </summary>
    private bool IsCandidate(IMethodSymbol method) =>
        method.MethodKind is MethodKind.Ordinary or MethodKind.ReducedExtension
        && !IsFramework(method.ContainingNamespace)
        && called.Classify(method).Action == TrainingAction.None
        && (method.ReturnsVoid || BufferTypes.IsNumber(method.ReturnType) || method.ReturnType.Name is "Task" or "ValueTask")
        && (!method.IsStatic || method.Parameters.Any(IsObject));

    private static bool IsObject(IParameterSymbol parameter) => parameter.Type is { IsReferenceType: true, SpecialType: SpecialType.None };

    private static bool IsFramework(INamespaceSymbol? space)
    {
        while (space is { IsGlobalNamespace: false, ContainingNamespace.IsGlobalNamespace: false })
            space = space.ContainingNamespace;
        return space?.Name is "System" or "Microsoft" or "Xunit" or "NUnit" or "TorchSharp" or "ClipGen";
    }

    /// <summary>Whether a caller is recognized as training, so that the loop is a part of that training.</summary>
    private bool IsPartOfKnownTraining(BodyGraph body, SemanticModel model) =>
        model.GetDeclaredSymbol(body.Body) is IMethodSymbol method
        && sites.CallersOf(method)
            .Any(caller => calls.GraphOf(caller) is { } graph && KnownIn(graph) == Needed);

    private static string NounOf(TrainingAction action) => action == TrainingAction.Backward ? "backward pass" : "optimizer step";
}

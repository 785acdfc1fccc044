using System.Collections.Concurrent;
using ClipGen.Analyzers.TrainingLoops.Calls;
using ClipGen.Analyzers.TrainingLoops.Dataflow;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Findings;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Screening;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Heuristics;

/// <summary>
/// Decides whether a step that is known only by name is reported. It is reported if a backward pass precedes it, all source of both is in
/// the program, a part of it names gradients, and none of it mentions clipping.
/// </summary>
internal sealed class HandWrittenHeuristic(
    SourceBodies bodies, CallGraph calls, GradientMentions mentions, MemberEffects effects, WorkCount work)
{
    private readonly ClippingHints _hints = new(work);
    private readonly ConcurrentDictionary<SyntaxNode, IReadOnlyList<ClippingHint>?> _hintsAround = new();

    public bool IsEnough(StepSite site)
    {
        if (site.Backward is not { } backward || IsByLineSearch(site))
            return false;
        SourceMentions found = MentionsOf(site.Step) | MentionsOf(backward);
        return (found.Kinds & Mentions.Clipping) == 0
            && ((found.Kinds & Mentions.Unreadable) == 0 || IsByLibrary(site, backward))
            && ((found.Kinds & (Mentions.Gradient | Mentions.Unreadable)) != 0 || IsByDataflow(site, backward))
            && found.ClipCalls.All(call => IsKnown(call, site))
            && !HintsAtClipping(site, backward)
            && !UnitUpdates.Contain(site, effects);
    }

    /// <summary>Whether the step, or the class around it, minimizes a function by a method that bounds its steps: L-BFGS.</summary>
    private static bool IsByLineSearch(StepSite site) =>
        (site.Step.Method is { } method
            && (TrainingVocabulary.IsLineSearch(method.Name) || TrainingVocabulary.IsLineSearch(method.ContainingType?.Name ?? "")))
        || site.Body.Body.AncestorsAndSelf().OfType<TypeDeclarationSyntax>()
            .Any(type => TrainingVocabulary.IsLineSearch(type.Identifier.ValueText));

    /// <summary>Whether the step applies what the backward pass writes. Then no name is needed.</summary>
    private bool IsByDataflow(StepSite site, TrainingEvent backward) =>
        site.Step.Gradients is not null || backward.Gradients is not null || effects.AppliesWhatIsWritten(site.Step, backward);

    /// <summary>
    /// Whether the order is certain although a library does one of the two: in one loop, a method named like a backward pass precedes the
    /// step of an optimizer, or an update that is written out.
    /// </summary>
    private bool IsByLibrary(StepSite site, TrainingEvent backward) =>
        site.TrainingLoop is not null
        && backward is { Action: TrainingAction.Backward, Method: not null }
        && (site.Step.Gradients is not null || IsOptimizerOfLibrary(site.Step));

    private bool IsOptimizerOfLibrary(TrainingEvent step) =>
        (mentions.Of(step.Method?.ContainingType).Kinds & Mentions.Unreadable) != 0 && TrainingVocabulary.IsOptimizerLike(step.TargetType);

    /// <summary>Whether a call is a recognized clip, so that it is no hint at an unrecognised one.</summary>
    private bool IsKnown(SyntaxNode call, StepSite site) =>
        site.Expanded.Clips.Any(node => node.Event is { Evidence: not Evidence.Name, Method: { } method } clip
            && clip.Syntax == call && ClipCalls.IsGradientsClip(method))
        || IsOfAnotherStep(call, site);

    /// <summary>Whether a call of <c>Gradients</c> is in a body with its own step. It then belongs to that step.</summary>
    private bool IsOfAnotherStep(SyntaxNode call, StepSite site) =>
        call is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax }
        && !call.Ancestors().TakeWhile(node => node is not MemberDeclarationSyntax).Any(node => node is AnonymousFunctionExpressionSyntax)
        && bodies.FactsAround(call) is { } facts
        && facts.Root.DescendantsAndSelf().Any(part => part is IInvocationOperation invocation
            && invocation.Syntax == call && ClipCalls.IsGradientsClip(invocation.TargetMethod))
        && calls.GraphOf(facts) is { } graph
        && graph.Body != site.Body.Body
        && (calls.ComponentOf(graph).Actions & TrainingAction.Step) != 0;

    /// <summary>
    /// The mentions in the types that a call names, and in the methods where it ends. The latter are those of the layers if a network
    /// updates itself.
    /// </summary>
    private SourceMentions MentionsOf(TrainingEvent found)
    {
        // What an extension method extends may be a framework's: layers.UpdateWeights(rate) of a list.
        SourceMentions result = mentions.Of(found.Method?.ContainingType);
        if (found.Method is not { IsExtensionMethod: true })
            result |= mentions.Of(found.TargetType);
        foreach (BodyGraph body in found.Through)
            result |= mentions.Of(calls.ComponentOf(body));
        if (found.Method is not { } method)
            return result;
        foreach (Callee callee in calls.CalleesOf(method.OriginalDefinition, found.IsVirtual).All)
        {
            if (callee.Graph is { } graph)
                result |= mentions.Of(calls.ComponentOf(graph));
        }

        return result;
    }

    /// <summary>
    /// Whether the training body, or the code that it and the two calls run, mentions clipping. Outside of the body, a clamp counts only in
    /// the code that the calls reach. Elsewhere it is about textures, probabilities or drawing.
    /// </summary>
    private bool HintsAtClipping(StepSite site, TrainingEvent backward)
    {
        SyntaxNode body = site.Body.Facts.Root.Syntax;
        IEnumerable<SyntaxNode> called =
            new[] { site.Step.TargetType, site.Step.Method?.ContainingType, backward.TargetType, backward.Method?.ContainingType }
            .Concat(effects.AppliedBy(site.Step).Select(member => member.ContainingType))
            .SelectMany(mentions.DeclarationsOf);
        return _hints.In(called, NamesOf(site.Step).Concat(NamesOf(backward))) is not { } inCalls
            || _hintsAround.GetOrAdd(body, HintsInTypeAround) is not { } inType
            || _hints.In(body).Concat(inType.Where(hint => !hint.IsClamp))
                .Where(hint => !LossExpressions.Contain(hint.Span, backward.Site, body))
                .Concat(inCalls)
                .Any(hint => hint.Call is null || !IsKnown(hint.Call, site));
    }

    /// <summary>The mentions in the type around a body, as far as the body reaches them. All steps of the body ask for them.</summary>
    private IReadOnlyList<ClippingHint>? HintsInTypeAround(SyntaxNode body) =>
        body.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } type ? _hints.In([type], FileIdentifiers.In(body, CancellationToken.None))
        : [];

    private static IEnumerable<string> NamesOf(TrainingEvent found) => found.Method is { } method ? [method.Name] : [];
}

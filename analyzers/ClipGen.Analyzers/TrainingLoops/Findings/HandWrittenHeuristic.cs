using System.Collections.Concurrent;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>
/// Decides whether a step that is known by its name only is reported. It is, if a backward pass comes before it, all source of both is in the program,
/// some of it names gradients, and none of it mentions clipping.
/// </summary>
internal sealed class HandWrittenHeuristic(CallGraph calls, GradientMentions mentions)
{
    private readonly ConcurrentDictionary<SyntaxNode, Hint[]> _hints = new();

    public bool IsEnough(StepSite site)
    {
        if (site.Backward is not { } backward)
            return false;
        Mentions found = MentionsOf(site.Step) | MentionsOf(backward);
        return (found & (Mentions.Unreadable | Mentions.Clipping)) == 0
            && (found & Mentions.Gradient) != 0
            && !HintsAtClipping(site.Body.Facts.Root.Syntax);
    }

    /// <summary>
    /// The mentions in the types that a call names, and in the methods in which it ends up. The latter are those of the layers, if a network updates
    /// itself.
    /// </summary>
    private Mentions MentionsOf(TrainingEvent found)
    {
        Mentions result = mentions.Of(found.TargetType) | mentions.Of(found.Method?.ContainingType);
        foreach (BodyGraph body in found.Through)
            result |= mentions.Of(calls.ComponentOf(body));
        if (found.Method is not { } method)
            return result;
        foreach (Callee callee in calls.CalleesOf(method.OriginalDefinition, found.IsVirtual).All.Take(AnalysisLimits.OverridesOfCall))
        {
            if (callee.Graph is { } graph)
                result |= mentions.Of(calls.ComponentOf(graph));
        }

        return result;
    }

    /// <summary>
    /// Whether the type that trains mentions clipping. Outside of the body itself a clamp does not count: it is about textures, probabilities, or what
    /// is drawn.
    /// </summary>
    private bool HintsAtClipping(SyntaxNode body)
    {
        SyntaxNode type = body.FirstAncestorOrSelf<TypeDeclarationSyntax>() ?? body;
        return _hints.GetOrAdd(type, HintsIn).Any(hint => !hint.IsClamp || body.Span.Contains(hint.Span));
    }

    private static Hint[] HintsIn(SyntaxNode type) =>
    [
        .. GradientMentions.IdentifiersIn(type)
            .Where(token => TrainingVocabulary.HintsAtClipping(token.ValueText))
            .Select(token => new Hint(token.Span, TrainingVocabulary.Contains(token.ValueText, "clamp"))),
    ];

    private readonly record struct Hint(TextSpan Span, bool IsClamp);
}

using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>What is known of the steps that a body reaches.</summary>
/// <param name="Decided">The steps whose backward pass or clip is in the body itself, so that its callers need not check them
/// again.</param>
/// <param name="Places">The places where the body reaches those steps.</param>
internal sealed record StepAnalysisResult(ISet<SyntaxNode> Decided, IReadOnlyList<StepPlace> Places)
{
    public static readonly StepAnalysisResult Nothing = new(new HashSet<SyntaxNode>(), []);
}

using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>What the rules find in one body.</summary>
/// <param name="Findings">The diagnostics.</param>
/// <param name="Decided">The steps whose backward pass or clip is in the body itself: its callers need not judge them again.</param>
internal sealed record StepAnalysisResult(ImmutableArray<Diagnostic> Findings, ImmutableHashSet<SyntaxNode> Decided)
{
    public static readonly StepAnalysisResult Nothing = new(ImmutableArray<Diagnostic>.Empty, ImmutableHashSet<SyntaxNode>.Empty);
}

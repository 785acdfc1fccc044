using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.Analyzers.TrainingLoops.Heuristics;

/// <summary>A mention of clipping in source text.</summary>
/// <param name="Span">The place.</param>
/// <param name="IsClamp">Whether it is a clamp, which may be of textures, probabilities, or drawing coordinates.</param>
/// <param name="Call">The call, if it is named like a call of <c>Gradients</c>.</param>
internal readonly record struct ClippingHint(TextSpan Span, bool IsClamp, SyntaxNode? Call);

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.Analyzers.TrainingLoops.Heuristics;

/// <summary>A mention of clipping in source.</summary>
/// <param name="Span">Where.</param>
/// <param name="IsClamp">Whether it is a clamp, which can be about textures, probabilities, or what is drawn.</param>
/// <param name="Call">The call, if it is named as those of <c>Gradients</c>.</param>
internal readonly record struct ClippingHint(TextSpan Span, bool IsClamp, SyntaxNode? Call);

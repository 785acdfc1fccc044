using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Buffers;

/// <summary>One value, and the facts of the body that it stands in.</summary>
internal readonly record struct ValueInBody(IOperation Value, BodyFacts Facts);

using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Buffers;

/// <summary>A value, and the facts of the body that contains it.</summary>
internal readonly record struct ValueInBody(IOperation Value, BodyFacts Facts);

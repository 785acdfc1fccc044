using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>The action of one operation on a tensor or its gradient.</summary>
/// <param name="Action">The action.</param>
/// <param name="Tensor">The updated or limited tensor, or the tensor whose gradient is clipped; <see langword="null"/> if it is unknown or
/// does not matter.</param>
internal readonly record struct TensorUse(TrainingAction Action, IOperation? Tensor)
{
    public static readonly TensorUse None = default;
}

using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>What one operation does by hand to the gradient of a tensor, or to the tensor.</summary>
/// <param name="Action">What it does.</param>
/// <param name="Tensor">The tensor that is updated or limited, or whose gradient is clipped; <see langword="null"/> where that is not known
/// or does not matter.</param>
internal readonly record struct TensorUse(TrainingAction Action, IOperation? Tensor)
{
    public static readonly TensorUse None = default;
}

using System.Runtime.CompilerServices;
using TorchSharp;

namespace ClipGen.Torch.Stepping;

/// <summary>The tensors of one parameter's state, in the order that the runtime's update expects.</summary>
[InlineArray(Count)]
internal struct StateTensors
{
    /// <summary>The maximum number of tensors that an optimizer keeps.</summary>
    internal const int Count = 3;

    private torch.Tensor? _first;
}

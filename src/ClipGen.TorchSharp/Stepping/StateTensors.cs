using System.Runtime.CompilerServices;
using TorchSharp;

namespace ClipGen.Torch.Stepping;

/// <summary>The tensors of one parameter's state, in the order in which the runtime's update takes them.</summary>
[InlineArray(Count)]
internal struct StateTensors
{
    /// <summary>The most that an optimizer keeps.</summary>
    internal const int Count = 3;

    private torch.Tensor? _first;
}

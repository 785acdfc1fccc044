using System.Runtime.CompilerServices;

namespace ClipGen.Torch.Stepping;

/// <summary>The addresses of the tensors of one parameter's state; 0 for a tensor that the update does not have.</summary>
[InlineArray(StateTensors.Count)]
internal struct StateAddresses
{
    private nint _first;
}

using System.Runtime.CompilerServices;

namespace ClipGen.Torch.Stepping;

/// <summary>Where the tensors of one parameter's state begin; 0 for one that the update does not have.</summary>
[InlineArray(StateTensors.Count)]
internal struct StateAddresses
{
    private nint _first;
}

using TorchSharp;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests;

/// <summary>
/// Counts the arrays that native tensors hold. TorchSharp pins an array as long as a native handle of a tensor over it exists, or of a view
/// of that tensor.
/// </summary>
internal sealed class GradientMemory
{
    private readonly List<WeakReference> _arrays = [];

    /// <summary>The number of arrays that were created.</summary>
    public int Allocated => _arrays.Count;

    /// <summary>A tensor of zeros.</summary>
    public Tensor Zeros(params long[] shape)
    {
        using Tensor flat = Over(new float[shape.Aggregate(1L, (x, y) => x * y)]);
        return flat.view(shape);
    }

    /// <summary>A tensor with the shape and the elements of another one, which is of float or bfloat16 elements.</summary>
    public Tensor Copy(Tensor original)
    {
        using Tensor flat = Over(
            original.dtype == ScalarType.BFloat16 ? original.data<BFloat16>().ToArray() : original.data<float>().ToArray());
        return flat.view(original.shape);
    }

    /// <summary>The number of arrays that a native tensor still holds.</summary>
    public int CountHeld()
    {
        GC.Collect();
        return _arrays.Count(array => array.IsAlive);
    }

    private Tensor Over(Array elements)
    {
        _arrays.Add(new WeakReference(elements));
        return from_array(elements);
    }
}

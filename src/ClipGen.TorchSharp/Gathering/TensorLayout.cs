using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Torch.Gathering;

/// <summary>What the strides of a gradient say.</summary>
internal static class TensorLayout
{
    /// <summary>
    /// Whether the elements of a parameter's gradient fill a block of memory in any order of dimensions, as transposed gradients and those in
    /// <c>channels_last</c> do. Then norms and scaling need not know the order.
    /// </summary>
    internal static bool IsDense(Parameter parameter)
    {
        using torch.Tensor? gradient = parameter.grad;
        if (gradient is null)
            return false;
        long[] lengths = gradient.shape;
        long[] strides = gradient.stride();
        Array.Sort(strides, lengths);
        long expected = 1;
        for (int i = 0; i < lengths.Length; i++)
        {
            if (lengths[i] == 1)
                continue;
            if (strides[i] != expected)
                return false;
            expected *= lengths[i];
        }

        return true;
    }

    /// <summary>Whether several elements are one in memory, which torch does not change in place.</summary>
    internal static bool IsExpanded(torch.Tensor gradient)
    {
        long[] lengths = gradient.shape;
        long[] strides = gradient.stride();
        for (int i = 0; i < lengths.Length; i++)
        {
            if (strides[i] == 0 && lengths[i] > 1)
                return true;
        }

        return false;
    }
}

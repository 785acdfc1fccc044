using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Torch.Gathering;

/// <summary>The lengths and strides of a tensor, in elements.</summary>
internal readonly record struct TensorLayout(long[] Lengths, long[] Strides)
{
    internal static TensorLayout Of(torch.Tensor tensor) => new(tensor.shape, tensor.stride());

    /// <summary>
    /// Whether the elements of a parameter's gradient fill a block of memory in any order of dimensions, as for transposed and
    /// <c>channels_last</c> gradients. Norms and scaling then do not depend on the order.
    /// </summary>
    internal static bool IsDense(Parameter parameter)
    {
        using torch.Tensor? gradient = parameter.grad;
        return gradient is not null && Of(gradient).IsDense();
    }

    /// <summary>Whether the elements fill a block of memory without sharing it.</summary>
    internal bool IsDense()
    {
        (long[] lengths, long[] strides) = Sorted();
        long expected = 1;
        for (int i = 0; i < lengths.Length; i++)
        {
            if (strides[i] != expected)
                return false;
            expected *= lengths[i];
        }

        return true;
    }

    /// <summary>Whether all elements along some dimension share memory.</summary>
    internal bool IsExpanded() => Sorted().Strides is [0, ..];

    /// <summary>Whether several elements may share memory: a dimension is expanded, or dimensions overlap.</summary>
    internal bool MayRepeatElements()
    {
        (long[] lengths, long[] strides) = Sorted();
        long last = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            if (strides[i] <= last)
                return true;
            last += (lengths[i] - 1) * strides[i];
        }

        return false;
    }

    /// <summary>Whether the other layout has the same elements at the same indices, if both start at the same address.</summary>
    internal bool IsSameAs(in TensorLayout other) =>
        Lengths.AsSpan().SequenceEqual(other.Lengths) && Strides.AsSpan().SequenceEqual(other.Strides);

    /// <summary>The dimensions with more than one element, sorted by stride.</summary>
    internal (long[] Lengths, long[] Strides) Sorted()
    {
        long[] all = Lengths;
        long[] lengths = [.. Lengths.Where(length => length != 1)];
        long[] strides = [.. Strides.Where((_, i) => all[i] != 1)];
        Array.Sort(strides, lengths);
        return (lengths, strides);
    }
}

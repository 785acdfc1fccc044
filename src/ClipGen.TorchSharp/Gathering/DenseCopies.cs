using TorchSharp;

namespace ClipGen.Torch.Gathering;

/// <summary>Dense copies of gradients in this process's memory, which are visited in their place and written back when something changed.</summary>
internal static class DenseCopies
{
    /// <summary>Replaces a gradient by a copy of its elements.</summary>
    internal static void Replace(ref GradientRecord record)
    {
        record.Tensor ??= record.Parameter!.grad?.DetachFromDisposeScope();
        if (record.IsTied || record.Tensor is null || record.Length == 0)
            return;
        if (record.Tensor.is_complex())
            throw new NotSupportedException("Complex gradients can be clipped by one norm, not by value, in groups or where they share memory or are sparse.");
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor dense = record.Kind == GradientKind.Sparse ? record.Tensor.detach().to_dense() : record.Tensor.detach();
        (torch.ScalarType elementType, record.Kind) = dense.dtype switch
        {
            torch.ScalarType.Float32 or torch.ScalarType.BFloat16 => (torch.ScalarType.Float32, GradientKind.Single),
            torch.ScalarType.Float16 => (torch.ScalarType.Float16, GradientKind.Half),
            _ => (torch.ScalarType.Float64, GradientKind.Double),
        };
        record.Copy = dense.cpu().to(elementType, copy: true).contiguous().DetachFromDisposeScope();
        record.Data = GradientFinder.DataOf(record.Copy);
        record.Length = record.Copy.numel();
    }

    /// <summary>Gives the gradient its copy's elements.</summary>
    internal static void WriteBack(in GradientRecord record)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor gradient = record.Tensor!;
        if (!gradient.is_sparse && !TensorLayout.IsExpanded(gradient))
        {
            gradient.detach().copy_(record.Copy!);
            return;
        }

        // Neither can be written in place: a sparse tensor may list one element several times.
        torch.Tensor values = record.Copy!.to(gradient.dtype, gradient.device);
        record.Parameter!.grad = gradient.is_sparse ? values.to_sparse((int)gradient.SparseIndices.shape[0]) : values;
    }
}

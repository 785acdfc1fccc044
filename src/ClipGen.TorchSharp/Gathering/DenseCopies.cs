using ClipGen.Torch.Remote;
using TorchSharp;

namespace ClipGen.Torch.Gathering;

/// <summary>
/// Dense copies of gradients in this process's memory, in the elements' own type and in index order. They are visited instead of the
/// gradients, so that the result has the bits of a dense gradient. Changes are written back.
/// </summary>
internal static class DenseCopies
{
    /// <summary>Replaces a gradient by a copy of its elements.</summary>
    internal static void Replace(ref GradientRecord record)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor gradient = record.Dense ?? record.Tensor!.detach();
        bool isRemote = record.Kind == GradientKind.Remote;
        if (gradient.is_sparse)
            gradient = gradient.to_dense();
        if (gradient.is_complex())
            gradient = gradient.to(torch.ScalarType.ComplexFloat64).abs();

        if (isRemote)
            gradient = RemoteTensors.ToCpu(gradient);
        record.Copy = Copy(gradient);
        if (record.Tensor!.is_complex())
            record.Magnitudes = Copy(gradient);
        record.Kind = GradientFinder.DenseKind(gradient.dtype)
            ?? throw new NotSupportedException($"Gradients of type {gradient.dtype} cannot be clipped.");
        record.Data = GradientFinder.AddressOf(record.Copy);
        record.Length = record.Copy.numel();
    }

    /// <summary>Copies the parameter of a gradient that has a copy, for limits that compare the two unit by unit.</summary>
    internal static void CopyParameter(GradientBatch batch, ref GradientRecord record)
    {
        if (record.Tensor!.is_complex())
        {
            throw new NotSupportedException(
                $"The gradient '{batch.PathOf(record)}' is complex. Complex gradients cannot be compared with their weights; use another "
                    + "kind of limit for them.");
        }

        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor parameter = record.Parameter!.detach();
        if (parameter.device_type != DeviceType.CPU)
            parameter = RemoteTensors.ToCpu(parameter);
        record.ParameterCopy = Copy(parameter.to(record.Copy!.dtype));
        record.ParameterData = GradientFinder.AddressOf(record.ParameterCopy);
    }

    /// <summary>Writes the elements of the copy to the gradient.</summary>
    internal static void WriteBack(GradientBatch batch, in GradientRecord record)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor values = record.Copy!;
        torch.Tensor gradient = record.Tensor!.detach();
        if (record.Magnitudes is { } magnitudes)
        {
            // Scales each complex number by the ratio of its new and old magnitude. Zeros are kept.
            torch.Tensor ratio = torch.where(magnitudes.eq(0), torch.ones_like(magnitudes), values / magnitudes);
            values = gradient.to(torch.ScalarType.ComplexFloat64) * ratio.to(gradient.device);
        }

        if (record.IsReplaced)
            batch.SetGradient(record, values.to(gradient.dtype, gradient.device));
        else
            gradient.copy_(values);
    }

    // Copies in index order, whatever the strides are.
    private static torch.Tensor Copy(torch.Tensor gradient) =>
        torch.empty(gradient.shape, gradient.dtype, torch.CPU).copy_(gradient).DetachFromDisposeScope();
}

using ClipGen.Torch.Numerics;
using TorchSharp;

namespace ClipGen.Torch.Gathering;

/// <summary>The operations over one gradient that is not visited in place: bfloat16 in memory, or any tensor through torch.</summary>
internal static class IndirectGradient
{
    internal static double Norm(in GradientRecord record, double order) =>
        IsSpan(record) ? BFloat16Elements.Norm(Elements(record), order) : TensorElements.Norm(record.Tensor!, order);

    internal static double LargestNumber(in GradientRecord record, out bool hasNaN)
    {
        if (!IsSpan(record))
            return TensorElements.LargestNumber(record.Tensor!, out hasNaN);
        hasNaN = double.IsNaN(BFloat16Elements.Largest(Elements(record), isNumber: false));
        return BFloat16Elements.Largest(Elements(record), isNumber: true);
    }

    internal static double RoundLimit(in GradientRecord record, double limit) =>
        TensorElements.RoundLimit(IsSpan(record) ? torch.ScalarType.BFloat16 : record.Tensor!.dtype, limit);

    internal static void Scale(in GradientRecord record, double factor)
    {
        if (IsSpan(record))
            BFloat16Elements.Scale(Elements(record), factor);
        else
            TensorElements.Scale(record.Tensor!, factor);
    }

    internal static void Clamp(in GradientRecord record, double limit)
    {
        if (IsSpan(record))
            BFloat16Elements.Clamp(Elements(record), limit);
        else
            TensorElements.Clamp(record.Tensor!, limit);
    }

    internal static void Zero(in GradientRecord record)
    {
        if (IsSpan(record))
            Elements(record).Clear();
        else
            TensorElements.Zero(record.Tensor!);
    }

    internal static long IndexOfNonFinite(in GradientRecord record, bool infinityToo, out double value) =>
        IsSpan(record)
            ? BFloat16Elements.IndexOfNonFinite(Elements(record), infinityToo, out value)
            : TensorElements.IndexOfNonFinite(record.Tensor!, infinityToo, out value);

    private static bool IsSpan(in GradientRecord record) => record.Kind == GradientKind.BFloat16;

    private static unsafe Span<ushort> Elements(in GradientRecord record) => new((void*)record.Data, (int)record.Length);
}

using System.Runtime.CompilerServices;
using ClipGen.Numerics.Kernels;

namespace ClipGen.Torch.Gathering;

/// <summary>
/// The gathered gradients as a gradient source: dense gradients in place, others by their surrogates.
/// </summary>
internal readonly unsafe struct BatchSource(GradientBatch batch) : IGradientSource
{
    // The maximum length of a span, which is less than the maximum length of a tensor. A multiple of the kernels' block length, so that the
    // sum equals that of one buffer.
    private const int LongestSpan = 1 << 30;

    /// <summary>The number of spans that one gradient is visited as: several if it is longer than the longest span.</summary>
    internal static int VisitsOf(in GradientRecord record) => record.Kind switch
    {
        GradientKind.Single or GradientKind.Double or GradientKind.Half =>
            (int)Math.Max(1, (record.Length + LongestSpan - 1) / LongestSpan),
        _ => 1,
    };

    public void VisitGradients<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IGradientVisitor
    {
        foreach (ref readonly GradientRecord record in batch.Records)
        {
            batch.MoveTo(record, ref visitor);
            if (record.IsReplicated)
                VisitReplicated(ref visitor, record);
            else if (record.Name is { } name)
                Visit(ref visitor, record, name);
            else
                VisitItem(ref visitor, record);
        }

        batch.MoveToEnd(ref visitor);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void VisitReplicated<TVisitor>(ref TVisitor visitor, in GradientRecord record)
        where TVisitor : struct, IGradientVisitor
    {
        visitor.EnterReplicated();
        Visit(ref visitor, record, record.Name!);
        visitor.LeaveReplicated();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void VisitItem<TVisitor>(ref TVisitor visitor, in GradientRecord record)
        where TVisitor : struct, IGradientVisitor
    {
        visitor.EnterItem(record.Position);
        Visit(ref visitor, record, "");
        visitor.Leave();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Visit<TVisitor>(ref TVisitor visitor, in GradientRecord record, string name)
        where TVisitor : struct, IGradientVisitor
    {
        if (record.Kind == GradientKind.Single && record.Length <= LongestSpan)
        {
            visitor.Visit(
                name,
                new Span<float>((void*)record.Data, (int)record.Length),
                Parameter<float>(record, 0, (int)record.Length),
                record.Group,
                new ParameterOptions(null, unitLength: record.UnitLength));
        }
        else
        {
            VisitOther(ref visitor, record, name);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void VisitOther<TVisitor>(ref TVisitor visitor, in GradientRecord record, string name)
        where TVisitor : struct, IGradientVisitor
    {
        switch (record.Kind)
        {
            case GradientKind.Single:
                VisitSpans<float, TVisitor>(ref visitor, record, name);
                break;
            case GradientKind.Double:
                VisitSpans<double, TVisitor>(ref visitor, record, name);
                break;
            case GradientKind.Half:
                VisitSpans<Half, TVisitor>(ref visitor, record, name);
                break;
            case GradientKind.BFloat16:
                VisitSpans<BFloat16, TVisitor>(ref visitor, record, name);
                break;
            case GradientKind.Remote:
                visitor.Visit(name, batch.Surrogates.Slice(record.Surrogate, record.SurrogateLength), group: record.Group);
                break;
            default:
                // A tied gradient does not count, and the elements of a copied gradient are not needed.
                visitor.Visit(name, Span<float>.Empty, group: record.Group);
                break;
        }
    }

    private static void VisitSpans<T, TVisitor>(ref TVisitor visitor, in GradientRecord record, string name)
        where T : unmanaged
        where TVisitor : struct, IGradientVisitor
    {
        long start = 0;
        do
        {
            int length = (int)Math.Min(record.Length - start, LongestSpan);
            visitor.Visit(
                name,
                new Span<T>((T*)record.Data + start, length),
                Parameter<T>(record, start, length),
                record.Group,
                new ParameterOptions(null, unitLength: record.UnitLength));
            start += length;
        }
        while (start < record.Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Span<T> Parameter<T>(in GradientRecord record, long start, int length)
        where T : unmanaged =>
        record.ParameterData == 0 ? default : new Span<T>((T*)record.ParameterData + start, length);
}

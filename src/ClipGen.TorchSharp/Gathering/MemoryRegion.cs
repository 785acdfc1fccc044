using TorchSharp;

namespace ClipGen.Torch.Gathering;

/// <summary>The bytes that the elements of a gradient occupy: runs of equal length at equal distances, in several dimensions.</summary>
internal sealed class MemoryRegion
{
    private readonly TensorLayout? _layout;

    // For a sparse gradient, whose values are the region: the address of its indices, and its shape.
    private readonly nint _indices;
    private readonly long[]? _shape;
    private readonly long[] _lengths;
    private readonly long[] _strides;
    private readonly long _run;

    /// <summary>Creates the region of a gradient.</summary>
    /// <param name="index">The number of its record.</param>
    /// <param name="record">Its record.</param>
    internal MemoryRegion(int index, in GradientRecord record)
    {
        Index = index;
        Start = record.Data;
        if (record.Tensor is null)
        {
            // Plain memory, with any order of dimensions.
            (_lengths, _strides) = ([], []);
            _run = record.Length * SizeOf(record.Kind);
        }
        else
        {
            using DisposeScope scope = torch.NewDisposeScope();
            torch.Tensor tensor = record.Tensor;
            if (tensor.is_sparse)
            {
                _shape = tensor.shape;
                _indices = GradientFinder.AddressOf(tensor.SparseIndices);
                tensor = tensor.SparseValues;
            }

            _layout = TensorLayout.Of(tensor);
            (_lengths, _strides, _run) = HasAddresses(tensor) ? Runs(_layout.Value, tensor.ElementSize) : ([], [], 1);
        }

        End = Start + (nint)_run;
        for (int i = 0; i < _lengths.Length; i++)
            End += (nint)((_lengths[i] - 1) * _strides[i]);
    }

    /// <summary>The number of the gradient's record.</summary>
    internal int Index { get; }

    /// <summary>The address of the first byte.</summary>
    internal nint Start { get; }

    /// <summary>The address after the last byte.</summary>
    internal nint End { get; }

    /// <summary>The largest number of bytes that divides the run, the strides and the distance from <paramref name="origin"/>.</summary>
    internal long Unit(nint origin)
    {
        long unit = Divisor(_run, Start - origin);
        foreach (long stride in _strides)
            unit = Divisor(unit, stride);
        return unit;
    }

    /// <summary>Whether both regions have the same elements at the same indices.</summary>
    internal bool IsSameAs(MemoryRegion other) => Start == other.Start && (_layout, other._layout) switch
    {
        ({ } left, { } right) => left.IsSameAs(right) && _indices == other._indices && HasShapeOf(other),
        (null, null) => _run == other._run,
        _ => false,
    };

    private bool HasShapeOf(MemoryRegion other) => (_shape is null && other._shape is null) || _shape.AsSpan().SequenceEqual(other._shape);

    /// <summary>Whether several elements share memory.</summary>
    internal bool RepeatsElements()
    {
        if (_layout is not { } layout || !layout.MayRepeatElements())
            return false;
        if (layout.IsExpanded())
            return true;
        var map = new MemoryMap(this);
        map.Mark(this);
        return map.Marked < map.Count(this).Parts;
    }

    /// <summary>
    /// Calls <paramref name="visit"/> with the start and the length of every run, in units from <paramref name="origin"/>.
    /// </summary>
    internal void ForEachRun(nint origin, long unit, Action<long, long> visit) =>
        ForEachRun((Start - origin) / unit, _lengths.Length - 1, unit, visit);

    private void ForEachRun(long first, int dimension, long unit, Action<long, long> visit)
    {
        if (dimension < 0)
        {
            visit(first, _run / unit);
            return;
        }

        long stride = _strides[dimension] / unit;
        for (long i = 0; i < _lengths[dimension]; i++)
            ForEachRun(first + (i * stride), dimension - 1, unit, visit);
    }

    // Leaves out expanded dimensions, and joins consecutive dimensions without gaps.
    private static (long[] Lengths, long[] Strides, long Run) Runs(in TensorLayout layout, long elementSize)
    {
        (long[] sorted, long[] distances) = layout.Sorted();
        var lengths = new List<long>();
        var strides = new List<long>();
        long run = elementSize;
        for (int i = 0; i < sorted.Length; i++)
        {
            long stride = distances[i] * elementSize;
            if (stride == 0)
                continue;
            if (lengths.Count == 0 && stride == run)
            {
                run *= sorted[i];
                continue;
            }

            lengths.Add(sorted[i]);
            strides.Add(stride);
        }

        return ([.. lengths], [.. strides], run);
    }

    // On other devices, the pointer identifies an object that owns the memory.
    private static bool HasAddresses(torch.Tensor tensor) => tensor.device_type is DeviceType.CPU or DeviceType.CUDA;

    private static long SizeOf(GradientKind kind) => kind switch
    {
        GradientKind.Single => sizeof(float),
        GradientKind.Double => sizeof(double),
        _ => sizeof(ushort),
    };

    /// <summary>The greatest common divisor; if one of the numbers is 0, the other one.</summary>
    internal static long Divisor(long left, long right)
    {
        while (right != 0)
            (left, right) = (right, left % right);
        return left;
    }
}

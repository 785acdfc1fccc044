using ClipGen.Numerics;
using TorchSharp;

namespace ClipGen.Torch.Remote;

/// <summary>
/// The norms of gradients on other devices. The devices compute them in the precision of the gradients, and all are copied to the CPU
/// together.
/// </summary>
/// <remarks>
/// <para>
/// <b>Error.</b> The order in which a device adds is unknown, so only few elements are added in <see cref="float"/>. The elements are
/// viewed as a matrix of 16 rows. The norms of its columns, whose norm is that of the matrix, are converted to <see cref="double"/>. In any
/// order, each term of a column takes part in at most 15 additions. The relative error of an L1 norm is therefore at most 15 · 2^-24 =
/// 9.0e-7, and that of an L2 norm, with a square and a root, at most ((15 + 1)/2 + 1) · 2^-24 = 5.4e-7.
/// </para>
/// <para>
/// For other orders, elements are divided by the largest magnitude, so that no power overflows. A power may have an error of four units in
/// the last place, as with CUDA. With 4 rows, no roots, and two roundings of the scaled element, the error is ((3 + 8)/p + 2) · 2^-24, at
/// most 7.8e-7. For p below 1, it would be too large, so the elements themselves are converted to <see cref="double"/>.
/// </para>
/// </remarks>
internal sealed class RemoteNorms
{
    // Tensors up to this number of elements are not reduced before they are joined with others.
    private const long ShortLength = 2048;

    private readonly List<Request> _requests = [];
    private readonly List<torch.Tensor> _results = [];
    private double[] _fetched = [];
    private long _length;

    /// <summary>Whether the tensor's device can compute the norm.</summary>
    internal static bool CanCompute(torch.Tensor tensor, double order) =>
        RemoteTensors.HasDouble(tensor) || (IsPlain(order) && (order == 2 || !tensor.is_complex()));

    /// <summary>Requests the norm of several tensors, as if they were one vector.</summary>
    /// <returns>The number of the request.</returns>
    internal int Add(IEnumerable<torch.Tensor> tensors, double order)
    {
        long start = _length;
        foreach (IGrouping<string, torch.Tensor> device in tensors.GroupBy(tensor => tensor.device.ToString()))
        {
            torch.Tensor result = IsPlain(order) ? Norm([.. device], order) : ScaledNorm([.. device], order);
            _results.Add(result);
            _length += result.numel();
        }

        _requests.Add(new Request((int)start, (int)(_length - start), order));
        return _requests.Count - 1;
    }

    /// <summary>Waits for the devices, once.</summary>
    internal void Fetch()
    {
        if (_results.Count == 0)
            return;
        torch.Device device = _results[0].device;
        torch.Tensor[] results = [.. _results.Select(result => result.to(device))];
        torch.Tensor all = results.Length == 1 ? results[0] : RemoteTensors.Launch(torch.cat(results));
        _fetched = [.. RemoteTensors.ToCpu(all).to(torch.ScalarType.Float64).data<double>()];
    }

    /// <summary>The norm of a request. Valid after <see cref="Fetch"/>.</summary>
    internal double this[int request]
    {
        get
        {
            Request asked = _requests[request];
            return asked.Length == 1 ? _fetched[asked.Start] : Joined(_fetched.AsSpan(asked.Start, asked.Length), asked.Order);
        }
    }

    /// <summary>The norm of a vector whose elements are norms.</summary>
    internal static double Joined(ReadOnlySpan<double> norms, double order) =>
        GradientOperations.Norm(new NormSource(norms.ToArray()), order);

    private static bool IsPlain(double order) => order is 1 or 2 || double.IsPositiveInfinity(order);

    // A vector of one element, or of several if the device does not support double.
    private static torch.Tensor Norm(torch.Tensor[] tensors, double order)
    {
        torch.Tensor joined = Join(tensors, tensor => Reduced(tensor, order));
        return RemoteTensors.HasDouble(joined) ? VectorNorm(RemoteTensors.Widen(joined), order).reshape(1) : joined;
    }

    private static torch.Tensor[] Reduced(torch.Tensor tensor, double order)
    {
        torch.Tensor elements = Elements(tensor, order);
        if (elements.numel() <= ShortLength)
            return [RemoteTensors.AsVector(elements)];
        if (elements.dtype == torch.ScalarType.Float64 || double.IsPositiveInfinity(order))
            return [VectorNorm(elements, order).reshape(1)];
        return ByRows(elements, 16, matrix => VectorNorm(matrix, order, 0));
    }

    private static torch.Tensor ScaledNorm(torch.Tensor[] tensors, double order)
    {
        torch.Tensor largest = Join(tensors, tensor => [VectorNorm(Elements(tensor, order), double.PositiveInfinity).reshape(1)]);
        largest = VectorNorm(largest, double.PositiveInfinity);

        // Without it, zeros would have the norm NaN instead of 0.
        torch.Tensor divisor = RemoteTensors.Launch(1.2e-38, least => largest.clamp_min(least));
        torch.Tensor joined = Join(tensors, tensor =>
        {
            torch.Tensor powers = Elements(tensor, order);
            powers = RemoteTensors.Launch((order < 1 ? RemoteTensors.Widen(powers) : powers).abs());
            powers = RemoteTensors.Launch(powers.div_(divisor));
            powers = RemoteTensors.Launch(order, exponent => powers.pow_(exponent));
            return powers.numel() <= ShortLength || powers.dtype == torch.ScalarType.Float64
                ? [RemoteTensors.AsVector(powers)]
                : ByRows(powers, 4, matrix => RemoteTensors.Launch(matrix.sum([0L])));
        });
        torch.Tensor sum = RemoteTensors.Launch(RemoteTensors.Widen(joined).sum());
        sum = RemoteTensors.Launch(1 / order, exponent => sum.pow_(exponent));
        return RemoteTensors.Launch(sum.mul_(divisor)).reshape(1);
    }

    // Computes the sums of the columns, and keeps the elements after the last full column.
    private static torch.Tensor[] ByRows(torch.Tensor elements, long rows, Func<torch.Tensor, torch.Tensor> sum)
    {
        long length = elements.numel();
        long columns = length / rows;
        torch.Tensor sums = sum(RemoteTensors.AsMatrix(elements, rows, columns));
        if (rows * columns == length)
            return [sums];

        // A copy, because a view would keep the whole temporary tensor alive.
        torch.Tensor rest = RemoteTensors.AsVector(elements).narrow(0, rows * columns, length - (rows * columns));
        return [sums, RemoteTensors.Launch(rest.clone())];
    }

    // Reduces one tensor at a time, so that the temporary tensors of only one are alive.
    private static torch.Tensor Join(torch.Tensor[] tensors, Func<torch.Tensor, torch.Tensor[]> reduce)
    {
        var parts = new List<torch.Tensor>();
        foreach (torch.Tensor tensor in tensors)
        {
            using DisposeScope scope = torch.NewDisposeScope();
            foreach (torch.Tensor part in reduce(tensor))
                parts.Add(part.MoveToOuterDisposeScope());
        }

        return parts.Count == 1 ? parts[0] : RemoteTensors.Launch(torch.cat(parts));
    }

    // The norm of order 1, 2 or ∞, over all dimensions or one. It passes the order as a number; linalg.vector_norm creates a managed
    // Scalar, which the garbage collector may free during the call.
    private static torch.Tensor VectorNorm(torch.Tensor tensor, double order, int? dimension = null) =>
        RemoteTensors.Launch(dimension is { } one ? tensor.norm(one, false, (float)order) : tensor.norm((float)order));

    // Real elements without gaps that have the same norm as the tensor, in a type that supports arithmetic.
    private static torch.Tensor Elements(torch.Tensor tensor, double order)
    {
        if (tensor.is_complex() && order == 2)
            tensor = tensor.view_as_real();
        else if (tensor.is_complex())
            tensor = RemoteTensors.Launch(RemoteTensors.Launch(tensor.to(torch.ScalarType.ComplexFloat64)).abs());
        else if (RemoteTensors.IsShort(tensor.dtype))
            tensor = RemoteTensors.Launch(tensor.to(torch.ScalarType.Float32));
        return RemoteTensors.WithoutGaps(tensor);
    }

    private readonly record struct Request(int Start, int Length, double Order);

    private readonly struct NormSource(double[] norms) : IGradientSource
    {
        public void VisitGradients<TVisitor>(ref TVisitor visitor)
            where TVisitor : struct, IGradientVisitor =>
            visitor.Visit<double>("", norms);
    }
}

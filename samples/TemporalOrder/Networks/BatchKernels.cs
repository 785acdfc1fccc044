using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TemporalOrder.Networks;

/// <summary>
/// The dense arithmetic of the network. A matrix is an array of rows, each <see cref="RowLength"/> floats long, of which
/// the first <see cref="Units"/> are used and the rest stay zero: whole vectors, no remainders.
/// </summary>
/// <remarks>
/// Each element of a result is summed by one lane in a fixed order with fused multiply-add, so the results do not depend on the vector
/// width of the hardware.
/// </remarks>
internal static class BatchKernels
{
    public const int Units = 50;
    public const int RowLength = 64;

    // The number of rows in a tile of a product, whose sums stay in registers over the whole inner loop.
    private const int TileRows = 5;

    /// <summary><c>product[r, :] += Σ_k left[r, k] · right[k, :]</c> for k over the units. The number of rows is a multiple of 5.</summary>
    public static void AddProduct(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> product)
    {
        int rows = product.Length / RowLength;
        Check(rows % TileRows == 0 && left.Length == product.Length && right.Length == Units * RowLength);
        for (int row = 0; row < rows; row += TileRows)
        {
            AddTiles(ref Start(left, row * RowLength), RowLength, 1, ref Start(right, 0), ref Start(product, row * RowLength), Units);
        }
    }

    /// <summary><c>product[k, :] += Σ_r left[r, k] · right[r, :]</c> for k over the units, r over all rows.</summary>
    public static void AddTransposedProduct(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> product)
    {
        Check(left.Length == right.Length && left.Length % RowLength == 0 && product.Length == Units * RowLength);

        // The number of rows of both factors that stay in the L1 cache while every tile of the product reads them.
        const int BlockRows = 60;
        int rows = left.Length / RowLength;
        for (int start = 0; start < rows; start += BlockRows)
        {
            int block = Math.Min(BlockRows, rows - start);
            for (int unit = 0; unit < Units; unit += TileRows)
            {
                AddTiles(
                    ref Start(left, start * RowLength + unit), 1, RowLength,
                    ref Start(right, start * RowLength),
                    ref Start(product, unit * RowLength),
                    block);
            }
        }
    }

    /// <summary>Replaces every element by its hyperbolic tangent.</summary>
    public static void Tanh(Span<float> values)
    {
        foreach (ref Vector512<float> vector in Vectors(values)) vector = Tanh(vector);
    }

    /// <summary>Replaces every element by its logistic sigmoid, <c>1 / (1 + e⁻ˣ) = ½ + ½ tanh(x / 2)</c>.</summary>
    public static void Sigmoid(Span<float> values)
    {
        var half = Vector512.Create(0.5f);
        foreach (ref Vector512<float> vector in Vectors(values)) vector = half + half * Tanh(half * vector);
    }

    /// <summary>Propagates errors back through <c>h = tanh(a)</c>: <c>error *= 1 − h²</c>.</summary>
    public static void MultiplyByTanhDerivative(Span<float> activations, Span<float> errors)
    {
        Check(activations.Length == errors.Length);
        Span<Vector512<float>> h = Vectors(activations), error = Vectors(errors);
        for (int i = 0; i < h.Length; i++) error[i] *= Vector512<float>.One - h[i] * h[i];
    }

    /// <summary><c>sum += row</c></summary>
    public static void AddRow(ReadOnlySpan<float> row, Span<float> sum)
    {
        Check(row.Length == RowLength && sum.Length == RowLength);
        ref float r = ref MemoryMarshal.GetReference(row);
        ref float s = ref MemoryMarshal.GetReference(sum);
        for (nuint i = 0; i < RowLength; i += (nuint)Vector512<float>.Count)
        {
            (Vector512.LoadUnsafe(ref s, i) + Vector512.LoadUnsafe(ref r, i)).StoreUnsafe(ref s, i);
        }
    }

    /// <summary>Rows as vectors, for element-wise arithmetic.</summary>
    public static Span<Vector512<float>> Vectors(Span<float> rows)
    {
        Check(rows.Length % RowLength == 0);
        return MemoryMarshal.Cast<float, Vector512<float>>(rows);
    }

    // The rational approximation of Eigen (ptanh_float): odd degree 13 over even degree 6, a few units in the last place.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Tanh(Vector512<float> value)
    {
        var bound = Vector512.Create(7.90531110763549805f);
        Vector512<float> x = Vector512.Max(-bound, Vector512.Min(bound, value));
        Vector512<float> square = x * x;
        Vector512<float> p = Vector512.Create(-2.76076847742355e-16f);
        p = Vector512.FusedMultiplyAdd(p, square, Vector512.Create(2.00018790482477e-13f));
        p = Vector512.FusedMultiplyAdd(p, square, Vector512.Create(-8.60467152213735e-11f));
        p = Vector512.FusedMultiplyAdd(p, square, Vector512.Create(5.12229709037114e-08f));
        p = Vector512.FusedMultiplyAdd(p, square, Vector512.Create(1.48572235717979e-05f));
        p = Vector512.FusedMultiplyAdd(p, square, Vector512.Create(6.37261928875436e-04f));
        p = Vector512.FusedMultiplyAdd(p, square, Vector512.Create(4.89352455891786e-03f));
        Vector512<float> q = Vector512.Create(1.19825839466702e-06f);
        q = Vector512.FusedMultiplyAdd(q, square, Vector512.Create(1.18534705686654e-04f));
        q = Vector512.FusedMultiplyAdd(q, square, Vector512.Create(2.26843463243900e-03f));
        q = Vector512.FusedMultiplyAdd(q, square, Vector512.Create(4.89352518554385e-03f));
        return x * p / q;
    }

    // product[i, :] += Σ_k left[i · rowStride + k · innerStride] · right[k, :] for 5 rows i, in tiles of columns.
    private static void AddTiles(ref float left, nuint rowStride, nuint innerStride, ref float right, ref float product, int inner)
    {
        bool wide = Vector512.IsHardwareAccelerated;
        nuint columns = (nuint)(wide ? 2 * Vector512<float>.Count : Vector512<float>.Count);
        for (nuint column = 0; column < RowLength; column += columns)
        {
            ref float rightTile = ref Unsafe.Add(ref right, column);
            ref float productTile = ref Unsafe.Add(ref product, column);
            if (wide)
            {
                AddWideTile(ref left, rowStride, innerStride, ref rightTile, ref productTile, inner);
            }
            else
            {
                AddTile(ref left, rowStride, innerStride, ref rightTile, ref productTile, inner);
            }
        }
    }

    // product[i, 0..16] += Σ_k left[i · rowStride + k · innerStride] · right[k, 0..16] for 5 rows i.
    private static void AddTile(ref float left, nuint rowStride, nuint innerStride, ref float right, ref float product, int inner)
    {
        // Five independent chains of fused multiply-adds, as many as fit in sixteen narrow registers.
        Vector512<float> sum0 = Vector512.LoadUnsafe(ref product);
        Vector512<float> sum1 = Vector512.LoadUnsafe(ref product, RowLength);
        Vector512<float> sum2 = Vector512.LoadUnsafe(ref product, 2 * RowLength);
        Vector512<float> sum3 = Vector512.LoadUnsafe(ref product, 3 * RowLength);
        Vector512<float> sum4 = Vector512.LoadUnsafe(ref product, 4 * RowLength);
        for (int k = 0; k < inner; k++)
        {
            Vector512<float> factors = Vector512.LoadUnsafe(ref right);
            sum0 = Vector512.FusedMultiplyAdd(Vector512.Create(left), factors, sum0);
            sum1 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref left, rowStride)), factors, sum1);
            sum2 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref left, 2 * rowStride)), factors, sum2);
            sum3 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref left, 3 * rowStride)), factors, sum3);
            sum4 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref left, 4 * rowStride)), factors, sum4);
            left = ref Unsafe.Add(ref left, innerStride);
            right = ref Unsafe.Add(ref right, RowLength);
        }

        sum0.StoreUnsafe(ref product);
        sum1.StoreUnsafe(ref product, RowLength);
        sum2.StoreUnsafe(ref product, 2 * RowLength);
        sum3.StoreUnsafe(ref product, 3 * RowLength);
        sum4.StoreUnsafe(ref product, 4 * RowLength);
    }

    // The same for 32 columns, if a vector is one register: ten sums hide the latency of the multiply-add better than five (3.4 µs per time
    // step of training instead of 4.6 with AVX-512). With AVX2, ten are too many: 8.3 µs instead of 6.3.
    private static void AddWideTile(ref float left, nuint rowStride, nuint innerStride, ref float right, ref float product, int inner)
    {
        nuint half = (nuint)Vector512<float>.Count;
        Vector512<float> sum00 = Vector512.LoadUnsafe(ref product), sum01 = Vector512.LoadUnsafe(ref product, half);
        Vector512<float> sum10 = Vector512.LoadUnsafe(ref product, RowLength), sum11 = Vector512.LoadUnsafe(ref product, RowLength + half);
        Vector512<float> sum20 = Vector512.LoadUnsafe(ref product, 2 * RowLength),
            sum21 = Vector512.LoadUnsafe(ref product, 2 * RowLength + half);
        Vector512<float> sum30 = Vector512.LoadUnsafe(ref product, 3 * RowLength),
            sum31 = Vector512.LoadUnsafe(ref product, 3 * RowLength + half);
        Vector512<float> sum40 = Vector512.LoadUnsafe(ref product, 4 * RowLength),
            sum41 = Vector512.LoadUnsafe(ref product, 4 * RowLength + half);
        for (int k = 0; k < inner; k++)
        {
            Vector512<float> right0 = Vector512.LoadUnsafe(ref right), right1 = Vector512.LoadUnsafe(ref right, half);
            var factor = Vector512.Create(left);
            sum00 = Vector512.FusedMultiplyAdd(factor, right0, sum00);
            sum01 = Vector512.FusedMultiplyAdd(factor, right1, sum01);
            factor = Vector512.Create(Unsafe.Add(ref left, rowStride));
            sum10 = Vector512.FusedMultiplyAdd(factor, right0, sum10);
            sum11 = Vector512.FusedMultiplyAdd(factor, right1, sum11);
            factor = Vector512.Create(Unsafe.Add(ref left, 2 * rowStride));
            sum20 = Vector512.FusedMultiplyAdd(factor, right0, sum20);
            sum21 = Vector512.FusedMultiplyAdd(factor, right1, sum21);
            factor = Vector512.Create(Unsafe.Add(ref left, 3 * rowStride));
            sum30 = Vector512.FusedMultiplyAdd(factor, right0, sum30);
            sum31 = Vector512.FusedMultiplyAdd(factor, right1, sum31);
            factor = Vector512.Create(Unsafe.Add(ref left, 4 * rowStride));
            sum40 = Vector512.FusedMultiplyAdd(factor, right0, sum40);
            sum41 = Vector512.FusedMultiplyAdd(factor, right1, sum41);
            left = ref Unsafe.Add(ref left, innerStride);
            right = ref Unsafe.Add(ref right, RowLength);
        }

        sum00.StoreUnsafe(ref product);
        sum01.StoreUnsafe(ref product, half);
        sum10.StoreUnsafe(ref product, RowLength);
        sum11.StoreUnsafe(ref product, RowLength + half);
        sum20.StoreUnsafe(ref product, 2 * RowLength);
        sum21.StoreUnsafe(ref product, 2 * RowLength + half);
        sum30.StoreUnsafe(ref product, 3 * RowLength);
        sum31.StoreUnsafe(ref product, 3 * RowLength + half);
        sum40.StoreUnsafe(ref product, 4 * RowLength);
        sum41.StoreUnsafe(ref product, 4 * RowLength + half);
    }

    private static ref float Start(ReadOnlySpan<float> matrix, int element) =>
        ref Unsafe.Add(ref MemoryMarshal.GetReference(matrix), element);

    // The checks allow the loops below to index without bounds checks.
    private static void Check(bool shapesFit)
    {
        if (!shapesFit) throw new ArgumentException("The shapes of the matrices do not fit.");
    }
}

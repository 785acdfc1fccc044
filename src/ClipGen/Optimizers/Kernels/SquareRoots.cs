using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ClipGen.Optimizers.Kernels;

/// <summary>
/// Correctly rounded square roots without the divider. Adam needs a root and a quotient of each element. A processor computes both in the
/// same unit, slowly and one after the other, while its multipliers wait.
/// </summary>
/// <remarks>
/// <para>
/// The method is that of P. Markstein ("Computation of elementary functions on the IBM RISC System/6000 processor", 1990): from an estimate
/// y of 1/√x follow g ≈ √x and h ≈ 1/(2√x). A Newton step improves both. Then x − g² is exact in a fused operation, and g + h·(x − g²) is
/// rounded once.
/// </para>
/// <para>
/// That this is the correctly rounded root was verified for all significands of x, with even and odd exponents, and for each of them with
/// every y that is within 2⁻¹⁴ of 1/√x: instructions of different processors may return different estimates. <c>SquareRootTests</c>
/// repeats a part of it. Multiplying x by a power of 4 changes only exponents, as long as no intermediate result is too small or too
/// large. Hence the range.
/// </para>
/// </remarks>
internal static class SquareRoots
{
    // The bits of 2⁻⁹⁵, and the number of bit patterns from there to 2⁹⁷. The remainder of the smallest number is a multiple of 2⁻¹⁴³.
    private const uint Smallest = 0x1000_0000;
    private const uint RangeLength = 0x6000_0000;

    /// <summary>The square root of each element, as IEEE 754 defines it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Of(Vector512<float> x)
    {
        // Zeros, negative numbers and NaN are outside the range as well, because the bits are compared as unsigned integers.
        if (Avx512F.IsSupported && Vector512.LessThanAll(x.AsUInt32() - Vector512.Create(Smallest), Vector512.Create(RangeLength)))
            return Refine(x, Avx512F.ReciprocalSqrt14(x));
        return Vector512.Sqrt(x);
    }

    /// <summary>Computes √x from <paramref name="estimate"/>, which is within 2⁻¹⁴ of 1/√x, relative to 1/√x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Refine(Vector512<float> x, Vector512<float> estimate)
    {
        Vector512<float> half = Vector512.Create(0.5f);
        Vector512<float> root = x * estimate;
        Vector512<float> halfReciprocal = estimate * half;
        Vector512<float> error = Avx512F.FusedMultiplyAddNegated(root, halfReciprocal, half);
        root = Avx512F.FusedMultiplyAdd(root, error, root);
        halfReciprocal = Avx512F.FusedMultiplyAdd(halfReciprocal, error, halfReciprocal);
        Vector512<float> remainder = Avx512F.FusedMultiplyAddNegated(root, root, x);
        return Avx512F.FusedMultiplyAdd(halfReciprocal, remainder, root);
    }
}

using System.Runtime.CompilerServices;

namespace ClipGen.Numerics.Kernels;

/// <summary>How the JIT compiles methods.</summary>
internal static class JitOptions
{
    /// <summary>
    /// For loops over elements: a method of its own, which is optimized at the first call. Unoptimized code calls a method for every
    /// vector, so that the first hundred clips of a process would be slower than a scalar loop. Such a loop gains nothing from being
    /// observed first.
    /// </summary>
    internal const MethodImplOptions Kernel = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;
}

using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace ClipGen.Numerics.Clipping;

/// <summary>Scales a source that consists of unrolled blocks by a factor that is normal as a <see cref="float"/>.</summary>
internal readonly struct GroupScaleVisitor(double factor, float single) : IGradientVisitor
{
    /// <summary>The factor in an element type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Get<T>()
        where T : unmanaged
    {
        Unsafe.SkipInit(out T result);
        if (typeof(T) == typeof(float))
            Unsafe.As<T, float>(ref result) = single;
        else
            Unsafe.As<T, double>(ref result) = factor;
        return result;
    }

    public void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null,
        in ParameterOptions options = default) => throw new UnreachableException();

    public void Enter(string name, string? group = null, string? parameter = null) => throw new UnreachableException();

    public void EnterItem<TKey>(TKey key) => throw new UnreachableException();

    public void Leave() => throw new UnreachableException();

    public void EnterReplicated()
    {
    }

    public void LeaveReplicated()
    {
    }
}

using System.Runtime.CompilerServices;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Clipping;

/// <summary>Scales all buffers, none of which is tied.</summary>
internal struct ScaleVisitor(ScaleFactor factor) : IGradientVisitor
{
    internal readonly ScaleFactor Factor = factor;
    private NestingDepth _depth;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null,
        in ParameterOptions options = default)
    {
        if (!gradient.IsEmpty)
            GradientElements.Scale(gradient, Factor);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter(string name, string? group = null, string? parameter = null) => _depth.Enter();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EnterItem<TKey>(TKey key) => _depth.Enter();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Leave() => _depth.Leave();

    public readonly void EnterReplicated()
    {
    }

    public readonly void LeaveReplicated()
    {
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ClipGen;

namespace NativeAot;

/// <summary>A custom operation over a model's gradients: the FNV-1a hash of their bytes.</summary>
internal struct GradientBits : IGradientVisitor
{
    public GradientBits()
    {
    }

    public ulong Hash { get; private set; } = 14695981039346656037;

    public void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null,
        in ParameterOptions options = default)
    {
        ref byte first = ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(gradient));
        foreach (byte value in MemoryMarshal.CreateReadOnlySpan(ref first, gradient.Length * Unsafe.SizeOf<T>()))
        {
            Hash = (Hash ^ value) * 1099511628211;
        }
    }

    public readonly void Enter(string name, string? group = null, string? parameter = null)
    {
    }

    public readonly void EnterItem<TKey>(TKey key)
    {
    }

    public readonly void Leave()
    {
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ClipGen;

namespace DataParallel;

/// <summary>Copies all gradients of a source, each as an array.</summary>
internal readonly struct CopyGradients() : IGradientVisitor
{
    /// <summary>The copies, in the order of the visit.</summary>
    public List<float[]> Gradients { get; } = [];

    // All gradients of the network are of type float.
    public void Visit<T>(
        string name, Span<T> gradient, Span<T> parameter = default, string? group = null, in ParameterOptions options = default)
    {
        ref float first = ref Unsafe.As<T, float>(ref MemoryMarshal.GetReference(gradient));
        Gradients.Add(MemoryMarshal.CreateReadOnlySpan(ref first, gradient.Length).ToArray());
    }

    public void Enter(string name, string? group = null, string? parameter = null)
    {
    }

    public void EnterItem<TKey>(TKey key)
    {
    }

    public void Leave()
    {
    }
}

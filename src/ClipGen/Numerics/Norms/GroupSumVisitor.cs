using System.Diagnostics;
using ClipGen.Numerics.Sums;

namespace ClipGen.Numerics.Norms;

/// <summary>
/// Sums the squares of a source that consists of unrolled blocks without ties. It has only a few fields, so that the JIT keeps them in
/// registers.
/// </summary>
internal struct GroupSumVisitor : IGradientVisitor
{
    public CompensatedSum Sum;

    public readonly void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null,
        in ParameterOptions options = default) => throw new UnreachableException();

    public readonly void Enter(string name, string? group = null, string? parameter = null) => throw new UnreachableException();

    public readonly void EnterItem<TKey>(TKey key) => throw new UnreachableException();

    public readonly void Leave() => throw new UnreachableException();

    public readonly void EnterReplicated()
    {
    }

    public readonly void LeaveReplicated()
    {
    }
}

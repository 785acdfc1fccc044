using System.Diagnostics;

namespace ClipGen.Numerics.Overlap;

/// <summary>Records nothing: the compiler has verified that no two buffers share memory.</summary>
internal readonly struct NoAddresses : IAddressWatch
{
    public static bool IsNeeded => false;

    public static bool SumsExactly => false;

    public bool MayOverlap => false;

    public void Add<T>(Span<T> gradient)
    {
    }

    public void MoveTo<T>(ref T first)
    {
    }

    public bool TryTake<T>(ref T first, ref T behindLast) => true;

    public void AddTerm(double term) => throw new UnreachableException();

    public void EnterReplicated()
    {
    }

    public void LeaveReplicated()
    {
    }
}

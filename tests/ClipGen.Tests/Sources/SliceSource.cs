namespace ClipGen.Tests.Sources;

/// <summary>Slices of one array, in the given order, as gradients s0, s1, …</summary>
internal readonly struct SliceSource<T>(T[] array, params (int Start, int Length)[] slices) : IGradientSource
{
    public void VisitGradients<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IGradientVisitor
    {
        for (int i = 0; i < slices.Length; i++)
            visitor.Visit(i < Names.Length ? Names[i] : "s", array.AsSpan(slices[i].Start, slices[i].Length));
    }

    private static readonly string[] Names = [.. Enumerable.Range(0, 100).Select(i => $"s{i}")];
}

namespace ClipGen.Tests.Sources;

/// <summary>Arrays of any supported element type as gradients g0, g1, …, including null.</summary>
internal readonly struct ArraySource(params Array?[] gradients) : IGradientSource
{
    public void VisitGradients<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IGradientVisitor
    {
        for (int i = 0; i < gradients.Length; i++)
            Visit(ref visitor, Name(i), gradients[i]);
    }

    internal static void Visit<TVisitor>(ref TVisitor visitor, string name, Array? gradient, string? group = null)
        where TVisitor : struct, IGradientVisitor
    {
        switch (gradient)
        {
            case float[] floats:
                visitor.Visit<float>(name, floats, group: group);
                break;
            case double[] doubles:
                visitor.Visit<double>(name, doubles, group: group);
                break;
            case Half[] halves:
                visitor.Visit<Half>(name, halves, group: group);
                break;
            case int[] integers:
                visitor.Visit<int>(name, integers, group: group);
                break;
            case string[] strings:
                visitor.Visit<string>(name, strings, group: group);
                break;
            default:
                visitor.Visit<float>(name, null, group: group);
                break;
        }
    }

    // Interned like the literals of generated code, so that a traversal allocates nothing.
    private static string Name(int i) => i < Names.Length ? Names[i] : "g";

    private static readonly string[] Names = [.. Enumerable.Range(0, 100).Select(i => $"g{i}")];
}

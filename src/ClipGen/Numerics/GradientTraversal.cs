namespace ClipGen.Numerics;

/// <summary>Calls a traversal that its type implements explicitly, as generated code must.</summary>
public static class GradientTraversal
{
    /// <summary>Hands the gradients of <paramref name="source"/> to <paramref name="visitor"/>; nothing when it is <see langword="null"/>.</summary>
    /// <typeparam name="TSource">The source's type. Structs are not boxed.</typeparam>
    /// <typeparam name="TVisitor">The operation.</typeparam>
    /// <param name="source">The source, or <see langword="null"/>.</param>
    /// <param name="visitor">Receives the gradients.</param>
    public static void Visit<TSource, TVisitor>(TSource? source, ref TVisitor visitor)
        where TSource : IGradientSource
        where TVisitor : struct, IGradientVisitor =>
        source?.VisitGradients(ref visitor);
}

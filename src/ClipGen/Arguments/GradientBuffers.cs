using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using ClipGen.Numerics;

namespace ClipGen.Arguments;

/// <summary>Recognizes objects that hold gradient elements themselves, as opposed to sequences of such objects.</summary>
internal static class GradientBuffers
{
    /// <summary>Whether <paramref name="target"/> holds elements of a supported type, or is a gradient source.</summary>
    internal static bool IsBuffer(object target) =>
        IsBufferOf<float>(target) || IsBufferOf<double>(target) || IsBufferOf<Half>(target) || target is IGradientSource;

    /// <summary>Passes the elements of <paramref name="target"/> to <paramref name="visitor"/>.</summary>
    internal static void Visit<TVisitor>(ref TVisitor visitor, string name, object? target)
        where TVisitor : struct, IGradientVisitor
    {
        if (TryVisit<float, TVisitor>(ref visitor, name, target)
            || TryVisit<double, TVisitor>(ref visitor, name, target)
            || TryVisit<Half, TVisitor>(ref visitor, name, target)
            || target is not IGradientSource source)
        {
            return;
        }

        if (name.Length > 0)
            visitor.Enter(name);
        source.VisitGradients(ref visitor);
        if (name.Length > 0)
            visitor.Leave();
    }

    private static bool IsBufferOf<T>(object target) =>
        target is T[] or List<T> or ArraySegment<T> or Memory<T> or Tensor<T> || IsArrayOf<T>(target);

    private static bool TryVisit<T, TVisitor>(ref TVisitor visitor, string name, object? target)
        where TVisitor : struct, IGradientVisitor
    {
        switch (target)
        {
            case T[] array:
                visitor.Visit<T>(name, array);
                return true;
            case Array array when IsArrayOf<T>(array):
                visitor.Visit(name, GradientSpan.Of<T>(array));
                return true;
            case List<T> list:
                visitor.Visit(name, CollectionsMarshal.AsSpan(list));
                return true;
            case ArraySegment<T> segment:
                visitor.Visit<T>(name, segment);
                return true;
            case Memory<T> memory:
                visitor.Visit(name, memory.Span);
                return true;
            case Tensor<T> tensor:
                GradientTraversal.VisitTensor(name, tensor, ref visitor);
                return true;
            default:
                return false;
        }
    }

    // Of any rank.
    private static bool IsArrayOf<T>(object target) => target is Array && target.GetType().GetElementType() == typeof(T);
}

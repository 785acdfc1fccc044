using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ClipGen.Numerics;

/// <summary>The parts of a traversal that generated code calls instead of containing them.</summary>
public static class GradientTraversal
{
    /// <summary>
    /// Passes the gradients of <paramref name="source"/> to <paramref name="visitor"/>; does nothing if it is <see langword="null"/>.
    /// </summary>
    /// <typeparam name="TSource">The source's type, which may implement the traversal explicitly. Structs are not boxed.</typeparam>
    /// <typeparam name="TVisitor">The operation.</typeparam>
    /// <param name="source">The source, or <see langword="null"/>.</param>
    /// <param name="visitor">Receives the gradients.</param>
    public static void Visit<TSource, TVisitor>(TSource? source, ref TVisitor visitor)
        where TSource : IGradientSource
        where TVisitor : struct, IGradientVisitor =>
        source?.VisitGradients(ref visitor);

    /// <summary>
    /// Passes the elements of a tensor to <paramref name="visitor"/>: a dense tensor as one buffer, any other row by row, each row named by
    /// its position, or element by element if the last dimension has a stride. A broadcast dimension (stride 0) is visited once.
    /// </summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <typeparam name="TVisitor">The operation.</typeparam>
    /// <param name="name">The member's name; empty for an item of a collection.</param>
    /// <param name="tensor">The gradient, or <see langword="null"/>.</param>
    /// <param name="visitor">Receives the elements.</param>
    /// <param name="parameter">The elements of the parameter that the gradient belongs to. Passed on if the gradient is dense.</param>
    /// <param name="group">The group that the gradient was declared in.</param>
    /// <param name="options">The declared options of the parameter.</param>
    public static void VisitTensor<T, TVisitor>(
        string name, Tensor<T>? tensor, ref TVisitor visitor, Span<T> parameter = default, string? group = null,
        in ParameterOptions options = default)
        where TVisitor : struct, IGradientVisitor
    {
        if (tensor is null || tensor.IsEmpty)
        {
            return;
        }

        if (tensor.IsDense)
        {
            Span<T> elements = GradientSpan.OfDense(tensor, name);
            if (options.UnitLength == 0 && tensor.Rank > 1 && !parameter.IsEmpty)
            {
                int unitLength = (int)(tensor.FlattenedLength / tensor.Lengths[0]);
                var divided = new ParameterOptions(options.Name, options.WeightDecay, options.LearningRateScale, unitLength);
                visitor.Visit(name, elements, parameter, group, divided);
                return;
            }

            visitor.Visit(name, elements, parameter, group, options);
            return;
        }

        if (name.Length > 0)
        {
            visitor.Enter(name, group);
        }

        VisitRows(name, ref MemoryMarshal.GetReference(FirstElement(tensor)), tensor.Lengths, tensor.Strides, ref visitor);
        if (name.Length > 0)
        {
            visitor.Leave();
        }
    }

    private static Span<T> FirstElement<T>(Tensor<T> tensor) =>
        MemoryMarshal.CreateSpan(ref tensor.AsTensorSpan().GetPinnableReference(), 1);

    private static void VisitRows<T, TVisitor>(
        string name, ref T first, ReadOnlySpan<nint> lengths, ReadOnlySpan<nint> strides, ref TVisitor visitor)
        where TVisitor : struct, IGradientVisitor
    {
        // The elements of a broadcast dimension share one memory location.
        nint length = strides[0] == 0 ? 1 : lengths[0];
        if (lengths.Length == 1 && strides[0] is 0 or 1)
        {
            visitor.Visit("", MemoryMarshal.CreateSpan(ref first, GradientSpan.LengthOf(length, name)));
            return;
        }

        for (nint i = 0; i < length; i++)
        {
            ref T row = ref Unsafe.Add(ref first, i * strides[0]);
            visitor.EnterItem(i);
            if (lengths.Length == 1)
            {
                visitor.Visit("", MemoryMarshal.CreateSpan(ref row, 1));
            }
            else
            {
                VisitRows(name, ref row, lengths[1..], strides[1..], ref visitor);
            }

            visitor.Leave();
        }
    }
}

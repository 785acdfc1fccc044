using System.Runtime.CompilerServices;
using ClipGen.Observing;

namespace ClipGen.Arguments;

/// <summary>The arguments of a call as a gradient source.</summary>
/// <param name="arguments">The arguments.</param>
internal readonly unsafe struct ArgumentSource(ArgumentList arguments) : IGradientSource
{
    /// <summary>The call, with the arguments as they are written.</summary>
    internal ClipSite Site => arguments.Site;

    public void VisitGradients<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IGradientVisitor
    {
        foreach (ref readonly ArgumentRecord record in arguments.Records)
        {
            if (record is { Kind: ArgumentKind.Buffer, Target: float[] gradient })
                visitor.Visit<float>(record.Name!, gradient);
            else
                VisitOther(ref visitor, record);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void VisitOther<TVisitor>(ref TVisitor visitor, in ArgumentRecord record)
        where TVisitor : struct, IGradientVisitor
    {
        switch (record.Kind)
        {
            case ArgumentKind.Buffer:
                GradientBuffers.Visit(ref visitor, record.Name!, record.Target);
                break;
            case ArgumentKind.Single:
                visitor.Visit(record.Name!, new Span<float>((void*)record.Address, record.Number));
                break;
            case ArgumentKind.Double:
                visitor.Visit(record.Name!, new Span<double>((void*)record.Address, record.Number));
                break;
            case ArgumentKind.Half:
                visitor.Visit(record.Name!, new Span<Half>((void*)record.Address, record.Number));
                break;
            case ArgumentKind.Enter:
                visitor.Enter(record.Name!);
                break;
            case ArgumentKind.EnterItem:
                visitor.EnterItem(record.Number);
                break;
            case ArgumentKind.EnterKey:
                visitor.EnterItem(record.Target);
                break;
            default:
                visitor.Leave();
                break;
        }
    }
}

using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Flow;

/// <summary>A loop, condition or <c>try</c> statement around events of one body.</summary>
/// <param name="index">Its index among the constructs of the body. Containing constructs come first.</param>
/// <param name="syntax">The statement or expression.</param>
/// <param name="outer">The innermost construct that decides whether this one runs.</param>
/// <param name="container">The innermost construct that contains it. Unlike <paramref name="outer"/>, it may contain it in its
/// condition.</param>
internal sealed class Construct(int index, SyntaxNode syntax, Construct? outer, Construct? container)
{
    public int Index { get; } = index;

    public SyntaxNode Syntax { get; } = syntax;

    public Construct? Outer { get; } = outer;

    public Construct? Container { get; } = container;

    public bool IsLoop { get; } = Constructs.IsLoop(syntax);
}

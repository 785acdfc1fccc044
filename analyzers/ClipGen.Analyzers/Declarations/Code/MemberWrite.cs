using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.Declarations.Code;

/// <summary>How code writes to a member.</summary>
internal enum WriteKind
{
    /// <summary>The member itself: <c>_h = x</c>, its initializer, <c>out _h</c>.</summary>
    Assign,

    /// <summary><c>_h ??= x</c>.</summary>
    AssignIfNull,

    /// <summary>Into the collection that the member holds: <c>_cache.Add(x)</c>.</summary>
    Insert,

    /// <summary>By an index: <c>_cache[t] = x</c>, <c>_h[i] = 1</c>.</summary>
    Element,

    /// <summary>Into what the member holds: <c>_h.Data[i] = 1</c>, <c>_h.Fill(0)</c>.</summary>
    Content,
}

/// <summary>One place where code writes to a member.</summary>
/// <param name="Kind">How it writes.</param>
/// <param name="Path">The names on the way to the member: <c>_h</c>, <c>Data</c>. The first is a variable's, or empty, where the member is another object's.</param>
/// <param name="IsOwn">Whether the first name is a member of the object whose code this is.</param>
/// <param name="Value">What is written, or null where the call that is handed the member decides.</param>
/// <param name="Body">The code that it stands in.</param>
/// <param name="Node">Where it stands.</param>
/// <param name="IsDecrease">Whether the value is subtracted: a step against a gradient.</param>
internal sealed record MemberWrite(
    WriteKind Kind, IReadOnlyList<string> Path, bool IsOwn, ExpressionSyntax? Value, CodeBody Body, SyntaxNode Node, bool IsDecrease = false);

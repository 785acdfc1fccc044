using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.Declarations.Code;

/// <summary>How code writes to a member.</summary>
internal enum WriteKind
{
    /// <summary>Assigns the member: <c>_h = x</c>, its initializer, <c>out _h</c>.</summary>
    Assign,

    /// <summary>Assigns the member if it is null: <c>_h ??= x</c>.</summary>
    AssignIfNull,

    /// <summary>Adds to the collection in the member: <c>_cache.Add(x)</c>.</summary>
    Insert,

    /// <summary>Assigns an element: <c>_cache[t] = x</c>, <c>_h[i] = 1</c>.</summary>
    Element,

    /// <summary>Writes to the object in the member: <c>_h.Data[i] = 1</c>, <c>_h.Fill(0)</c>.</summary>
    Content,
}

/// <summary>One place where code writes to a member.</summary>
/// <param name="Kind">How it writes.</param>
/// <param name="Path">The names that lead to the member: <c>_h</c>, <c>Data</c>. For a member of another object, the first name is a
/// variable's, or empty.</param>
/// <param name="IsOwn">Whether the first name is a member of the object that contains the code.</param>
/// <param name="Value">The written value, or null if a called method writes.</param>
/// <param name="Body">The body that contains the write.</param>
/// <param name="Node">The syntax of the write.</param>
/// <param name="IsDecrease">Whether the value is subtracted, as in a step along a gradient.</param>
internal sealed record MemberWrite(
    WriteKind Kind,
    IReadOnlyList<string> Path,
    bool IsOwn,
    ExpressionSyntax? Value,
    CodeBody Body,
    SyntaxNode Node,
    bool IsDecrease = false);

using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Generator.Model;

/// <summary>Writes names of the user in generated code. Every such name is written by this class.</summary>
internal static class Identifier
{
    /// <summary>
    /// The name, with <c>@</c> if the running compiler knows it as a keyword, including contextual keywords (<c>file</c>, <c>required</c>,
    /// <c>extension</c>). The places where these are keywords change with the version of C#, and <c>@</c> is valid in all of them.
    /// </summary>
    public static string Escape(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None
            ? "@" + name
            : name;
}

using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Generator.Model;

/// <summary>How generated code writes a name of the user's. Every such name passes here.</summary>
internal static class Identifier
{
    /// <summary>
    /// The name, with <c>@</c> where the compiler that runs knows it as a keyword, also as one that is a keyword only in places
    /// (<c>file</c>, <c>required</c>, <c>extension</c>): which places these are changes with the version of C#, and <c>@</c> is right in
    /// all of them.
    /// </summary>
    public static string Escape(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None
            ? "@" + name
            : name;
}

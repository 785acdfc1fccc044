using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>How generated code reads a member.</summary>
internal static class MemberExpression
{
    /// <summary>The member behind a dot: escaped where its name is a keyword, called where it is a method.</summary>
    public static string Of(ISymbol member)
    {
        string name = Identifier.Escape(member.Name);
        return member is IMethodSymbol ? name + "()" : name;
    }

    /// <summary>The member of the object itself. <c>this</c> is written only where the name may mean something else.</summary>
    public static string OfThis(ISymbol member)
    {
        string expression = Of(member);
        return expression[0] == '@' || IsGeneratedLocal(member.Name) ? "this." + expression : expression;
    }

    /// <summary>What <see cref="OfThis"/> wrote, as a member of something else.</summary>
    public static string Behind(string prefix, string expression) =>
        prefix + (expression.StartsWith("this.", StringComparison.Ordinal) ? expression.Substring("this.".Length) : expression);

    /// <summary>Whether the emitted code may use the name for a parameter or a local of its own.</summary>
    public static bool IsGeneratedLocal(string name) =>
        name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9') is "visitor" or "items" or "item" or "pair" or "value" or "span"
            or "i";
}

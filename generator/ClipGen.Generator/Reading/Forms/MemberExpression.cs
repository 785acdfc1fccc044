using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>Writes the expression by which generated code reads a member.</summary>
internal static class MemberExpression
{
    /// <summary>The member after a dot: escaped if its name is a keyword, called if it is a method.</summary>
    public static string Of(ISymbol member)
    {
        string name = Identifier.Escape(member.Name);
        return member is IMethodSymbol ? name + "()" : name;
    }

    /// <summary>The member of the object itself, with <c>this</c> only if the name may mean something else.</summary>
    public static string OfThis(ISymbol member)
    {
        string expression = Of(member);
        return expression[0] == '@' || IsGeneratedLocal(member.Name) ? "this." + expression : expression;
    }

    /// <summary>The expression of <see cref="OfThis"/>, as a member of another object.</summary>
    public static string Behind(string prefix, string expression) =>
        prefix + (expression.StartsWith("this.", StringComparison.Ordinal) ? expression.Substring("this.".Length) : expression);

    /// <summary>Whether the emitted code may use the name for its own parameter or local.</summary>
    public static bool IsGeneratedLocal(string name) =>
        name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9') is "visitor" or "items" or "item" or "pair" or "value" or "span"
            or "i";
}

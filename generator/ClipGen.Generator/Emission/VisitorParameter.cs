using System.Text.RegularExpressions;
using ClipGen.Generator.Model;

namespace ClipGen.Generator.Emission;

/// <summary>The type parameter of a generated traversal.</summary>
internal static class VisitorParameter
{
    /// <summary><c>TVisitor</c>, or with a number where that would hide the type, one of its type parameters or one of its gradients.</summary>
    public static string NameIn(SourceDeclaration source)
    {
        string name = "TVisitor";
        for (int number = 1; IsTaken(name); number++)
        {
            name = "TVisitor" + number;
        }

        return name;

        bool IsTaken(string candidate) =>
            source.Type.Containers.Append(source.Type.Name).Any(text => Regex.IsMatch(text, $@"\b{candidate}\b"))
            || source.Members.Any(member => member.Expression.TrimEnd('(', ')') == candidate || member.Parameter == candidate);
    }
}

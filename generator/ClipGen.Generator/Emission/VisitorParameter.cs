using System.Text.RegularExpressions;
using ClipGen.Generator.Model;

namespace ClipGen.Generator.Emission;

/// <summary>The type parameter of a generated method.</summary>
internal static class VisitorParameter
{
    /// <summary>The usual name, with a number if it would hide the type, one of its type parameters or one of its gradients.</summary>
    /// <param name="source">The source whose method is emitted.</param>
    /// <param name="usual">The name.</param>
    public static string NameIn(GradientSourceDeclaration source, string usual = "TVisitor")
    {
        string name = usual;
        for (int number = 1; IsTaken(name); number++)
        {
            name = usual + number;
        }

        return name;

        bool IsTaken(string candidate) =>
            source.Type.Containers.Append(source.Type.Name).Any(text => Regex.IsMatch(text, $@"\b{candidate}\b"))
            || source.Members.Any(member => member.Expression.TrimEnd('(', ')') == candidate || member.Parameter?.Expression == candidate);
    }
}

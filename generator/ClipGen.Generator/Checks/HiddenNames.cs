using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Checks;

/// <summary>
/// Finds out whether generated code can name what it uses. It does so from <c>global::</c> on, so that no name near the user's type can
/// come between; but a type named <c>System</c> outside of all namespaces hides everything in the namespace.
/// </summary>
internal static class HiddenNames
{
    private static readonly string[] Names =
    [
        "System.Half", "System.Span`1", "System.ArgumentException", "System.ArgumentOutOfRangeException",
        "System.Collections.Generic.IReadOnlyList`1",
        "System.Runtime.Intrinsics.Vector512`1", "System.CodeDom.Compiler.GeneratedCodeAttribute",
        "System.ComponentModel.EditorBrowsableAttribute", "System.ComponentModel.EditorBrowsableState",
        "ClipGen.Numerics", "ClipGen.Torch",
    ];

    /// <summary>
    /// Why generated code would find something else than the framework's and the runtime library's types, and what to do; null if it finds
    /// them.
    /// </summary>
    public static string? Find(Compilation compilation)
    {
        if (!compilation.GlobalNamespace.GetMembers(WellKnownNames.Namespace).OfType<INamespaceSymbol>()
            .Any(found => found.GetTypeMembers(WellKnownNames.IGradientSource).Any()))
        {
            return "ClipGen is referenced under an alias only, which generated code does not know; add global to the aliases of "
                + "the reference";
        }

        INamespaceSymbol own = compilation.Assembly.GlobalNamespace;
        if (!own.GetMembers("System").Any() && !own.GetMembers(WellKnownNames.Namespace).Any())
        {
            return null;
        }

        string? hidden = Names.SelectMany(Prefixes).FirstOrDefault(name => compilation.Assembly.GetTypeByMetadataName(name) is not null);
        return hidden is null
            ? null
            : $"the type '{hidden.Split('`')[0]}' of this project stands where generated code looks for another one; rename it";
    }

    /// <summary>The name and those of the namespaces that it is in: a type of any of these names hides it.</summary>
    private static IEnumerable<string> Prefixes(string name)
    {
        for (int end = name.Length; end > 0; end = name.LastIndexOf('.', end - 1))
        {
            yield return name.Substring(0, end);
        }
    }
}

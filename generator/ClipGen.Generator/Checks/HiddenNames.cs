using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Checks;

/// <summary>
/// Checks whether generated code can name the types that it uses. It names them from <c>global::</c> on, so no name near the user's type
/// can hide them. But a type named <c>System</c> in the global namespace hides the whole namespace.
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
    /// The reason why generated code would not find the types of the framework and of the runtime library, with advice; null if it finds
    /// them.
    /// </summary>
    public static string? Find(Compilation compilation)
    {
        if (!compilation.GlobalNamespace.GetMembers(WellKnownNames.Namespace).OfType<INamespaceSymbol>()
            .Any(found => found.GetTypeMembers(WellKnownNames.IGradientSource).Any()))
        {
            return "ClipGen is referenced only under an alias, which generated code cannot use; add global to the aliases of "
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
            : $"the type '{hidden.Split('`')[0]}' of this project hides a type that generated code uses; rename it";
    }

    /// <summary>The name and those of its namespaces. A type of any of these names hides it.</summary>
    private static IEnumerable<string> Prefixes(string name)
    {
        for (int end = name.Length; end > 0; end = name.LastIndexOf('.', end - 1))
        {
            yield return name.Substring(0, end);
        }
    }
}

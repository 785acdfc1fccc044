using System.Text;
using ClipGen.Generator.Reading;
using ClipGen.Generator.Torch;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Records;

/// <summary>
/// A hash of the modules and parameters that a module declares. The recorder computes the same from the fields that it finds at run time
/// (<c>ModuleFingerprint</c> in <c>ClipGen.TorchSharp</c>).
/// </summary>
internal static class ModuleFingerprint
{
    // Bounds what a module costs whose parts are of ever new types. The recorder has the same bound.
    private const int MostTypes = 1000;

    /// <summary>The fingerprint of a module's type.</summary>
    public static string Of(INamedTypeSymbol module)
    {
        var text = new StringBuilder();
        var pending = new List<INamedTypeSymbol> { module.OriginalDefinition };
        var seen = new HashSet<INamedTypeSymbol>(pending, SymbolEqualityComparer.Default);
        for (int i = 0; i < pending.Count; i++)
        {
            for (INamedTypeSymbol? type = pending[i];
                type is not null && IsOfAssembly(type, module);
                type = type.BaseType?.OriginalDefinition)
            {
                text.Append(NameOf(type)).Append('{');
                foreach (IFieldSymbol field in FieldsOf(type))
                {
                    text.Append(field.Name).Append(':').Append(NameOf(field.Type)).Append(';');
                    foreach (INamedTypeSymbol used in PartsOf(field.Type))
                    {
                        if (IsOfAssembly(used, module) && pending.Count < MostTypes && seen.Add(used))
                            pending.Add(used);
                    }
                }

                text.Append('}');
            }
        }

        return StableHash.Of(text.ToString());
    }

    private static bool IsOfAssembly(INamedTypeSymbol type, INamedTypeSymbol module) =>
        SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, module.ContainingAssembly);

    private static IEnumerable<IFieldSymbol> FieldsOf(INamedTypeSymbol type) =>
        type.GetMembers().OfType<IFieldSymbol>()
            .Where(field => !field.IsStatic
                && IsDeclared(field.Name)
                && (TorchModules.IsParameter(field.Type) || TorchModules.IsModule(field.Type)))
            .OrderBy(field => field.Name, StringComparer.Ordinal);

    // The compiler lists the fields of captured primary constructor parameters only after it has bound the bodies that capture them.
    private static bool IsDeclared(string name) =>
        !name.StartsWith("<", StringComparison.Ordinal) || name.EndsWith(">k__BackingField", StringComparison.Ordinal);

    private static IEnumerable<INamedTypeSymbol> PartsOf(ITypeSymbol type)
    {
        var pending = new Stack<ITypeSymbol>();
        pending.Push(type);
        while (pending.Count > 0)
        {
            if (pending.Pop() is not INamedTypeSymbol named)
                continue;
            yield return named.OriginalDefinition;
            foreach (ITypeSymbol argument in ArgumentsOf(named).Reverse())
                pending.Push(argument);
        }
    }

    // As reflection writes it: the arguments of the containing types come first.
    private static IEnumerable<ITypeSymbol> ArgumentsOf(INamedTypeSymbol type)
    {
        var containers = new Stack<INamedTypeSymbol>();
        for (INamedTypeSymbol? current = type; current is not null; current = current.ContainingType)
            containers.Push(current);
        return containers.SelectMany(container => container.TypeArguments);
    }

    private static string NameOf(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol array)
            return NameOf(array.ElementType) + "[]";
        if (type is not INamedTypeSymbol named)
            return type.Name;
        string name = MetadataNameOf(named);
        bool isConstructed = !SymbolEqualityComparer.Default.Equals(named, named.OriginalDefinition);
        return isConstructed ? $"{name}[{string.Join(",", ArgumentsOf(named).Select(NameOf))}]" : name;
    }

    /// <summary>The full name in metadata: <c>Demo.Outer+Net`1</c>.</summary>
    public static string MetadataNameOf(INamedTypeSymbol type)
    {
        string name = type.MetadataName;
        INamedTypeSymbol outermost = type;
        for (; outermost.ContainingType is { } container; outermost = container)
            name = container.MetadataName + "+" + name;
        return outermost.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString() + "." + name : name;
    }
}

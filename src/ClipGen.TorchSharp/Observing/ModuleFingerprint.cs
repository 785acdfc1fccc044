using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Text;
using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Torch.Observing;

/// <summary>
/// A hash of the modules and parameters that a module declares: the names and types of its fields, and of the fields of the modules in
/// them. The analyzers compute the same hash from the source code (<c>ModuleFingerprint</c> in <c>ClipGen.Analyzers</c>). Only types of the
/// module's own assembly are examined, because a compiler does not see private fields of other assemblies.
/// </summary>
internal static class ModuleFingerprint
{
    // As in the analyzers.
    private const int MostTypes = 1000;

    private static readonly ConcurrentDictionary<Type, string> Known = new();

    /// <summary>The fingerprint of a module's type.</summary>
    internal static string Of(Type module) => Known.GetOrAdd(module, Compute);

    private static string Compute(Type module)
    {
        var text = new StringBuilder();
        var pending = new List<Type> { Definition(module) };
        for (int i = 0; i < pending.Count; i++)
        {
            for (Type? type = pending[i]; type is not null && type.Assembly == module.Assembly; type = BaseOf(type))
            {
                text.Append(NameOf(type)).Append('{');
                foreach (FieldInfo field in FieldsOf(type))
                {
                    text.Append(field.Name).Append(':').Append(NameOf(field.FieldType)).Append(';');
                    foreach (Type used in PartsOf(field.FieldType))
                    {
                        if (used.Assembly == module.Assembly && pending.Count < MostTypes && !pending.Contains(used))
                            pending.Add(used);
                    }
                }

                text.Append('}');
            }
        }

        return Hash(text.ToString());
    }

    // TorchSharp also finds registered members by reflection, so a trimmed program keeps them.
    [UnconditionalSuppressMessage(
        "Trimming",
        "IL2070",
        Justification = "A field that was trimmed away is in no record: the record "
        + "then does not match.")]
    private static IEnumerable<FieldInfo> FieldsOf(Type type) =>
        type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Where(field => IsDeclared(field.Name) && IsRegistered(field.FieldType))
            .OrderBy(field => field.Name, StringComparer.Ordinal);

    // Captured parameters of primary constructors are fields that a compiler does not list.
    private static bool IsDeclared(string name) => name[0] != '<' || name.EndsWith(">k__BackingField", StringComparison.Ordinal);

    private static bool IsRegistered(Type type) =>
        !type.IsGenericParameter && (type == typeof(Parameter) || typeof(torch.nn.Module).IsAssignableFrom(type));

    // Includes type arguments, because the type argument of a ModuleList declares its modules.
    private static IEnumerable<Type> PartsOf(Type type)
    {
        if (type.IsGenericParameter || type.HasElementType)
            yield break;
        yield return Definition(type);
        foreach (Type part in type.GetGenericArguments().SelectMany(PartsOf))
            yield return part;
    }

    private static Type? BaseOf(Type type) => type.BaseType is { } ancestor ? Definition(ancestor) : null;

    private static Type Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;

    private static string NameOf(Type type)
    {
        if (type.IsGenericParameter)
            return type.Name;
        if (type.IsArray)
            return NameOf(type.GetElementType()!) + "[]";
        Type definition = Definition(type);
        string name = definition.FullName ?? definition.Name;
        bool isConstructed = type.IsGenericType && !type.IsGenericTypeDefinition;
        return isConstructed ? $"{name}[{string.Join(",", type.GetGenericArguments().Select(NameOf))}]" : name;
    }

    // FNV-1a over the characters.
    private static string Hash(string text)
    {
        ulong hash = 14695981039346656037;
        foreach (char character in text)
            hash = unchecked((hash ^ character) * 1099511628211);
        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }
}

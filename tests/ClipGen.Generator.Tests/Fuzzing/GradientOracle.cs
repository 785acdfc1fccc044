using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace ClipGen.Generator.Tests.Fuzzing;

/// <summary>A buffer that the oracle found.</summary>
/// <param name="Path">Its path from the model.</param>
/// <param name="Group">The group that it is clipped with, which is the outermost one.</param>
/// <param name="Array">The array that contains the elements.</param>
/// <param name="Start">The index of its first element.</param>
/// <param name="Length">The number of its elements.</param>
internal sealed record FoundBuffer(string Path, string? Group, Array Array, int Start, int Length);

/// <summary>
/// Finds the gradients of an object as the documentation defines them, by reflection over fields and attributes. Uses neither the generator
/// nor the runtime library.
/// </summary>
internal sealed class GradientOracle
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
    private const string BackingField = ">k__BackingField";
    private const string Storage = "_storageOf_";

    private readonly Dictionary<Type, bool> _isSource = [];
    private readonly List<FoundBuffer> _found = [];

    /// <summary>Returns all buffers that hold elements, including tied ones, in the order of the traversal.</summary>
    public static List<FoundBuffer> Find(object model)
    {
        var oracle = new GradientOracle();
        oracle.VisitObject(model, "", null);
        return oracle._found;
    }

    /// <summary>Returns the group of a member that has its own limit.</summary>
    public static string MemberGroup(Type declaring, string member) => $"limit of {Definition(declaring).FullName}.{member}";

    /// <summary>Returns the members of one type that may hold gradients, in the order of declaration.</summary>
    public static IEnumerable<HoldingMember> Members(Type type)
    {
        Type definition = Definition(type);
        FieldInfo[] opened = [.. definition.GetFields(Own).OrderBy(field => field.MetadataToken)];
        foreach (FieldInfo open in opened)
        {
            FieldInfo field = type.GetField(open.Name, Own)!;
            if (open.Name.EndsWith(BackingField, StringComparison.Ordinal))
            {
                string name = open.Name[1..^BackingField.Length];
                PropertyInfo property = definition.GetProperty(name, Own)!;
                yield return new HoldingMember(name, field, open.FieldType,
                    [.. property.GetCustomAttributes(), .. open.GetCustomAttributes()]);
            }
            else if (open.Name.StartsWith(Storage, StringComparison.Ordinal))
            {
                string name = open.Name[Storage.Length..];
                MemberInfo member = definition.GetMember(name, Own).Single();
                yield return new HoldingMember(name, field, open.FieldType, [.. member.GetCustomAttributes()]);
            }
            else
            {
                yield return new HoldingMember(open.Name, field, open.FieldType, [.. open.GetCustomAttributes()]);
            }
        }
    }

    private void VisitObject(object source, string path, string? group)
    {
        var inherited = new HashSet<string>();
        foreach (Type type in ModelFiller.Lineage(source.GetType()))
        {
            HoldingMember[] members = [.. Members(type)];
            var visited = new List<string>();
            foreach (HoldingMember member in members)
            {
                if (IsByHand(type))
                {
                    if (member.IsVisitedByHand)
                    {
                        VisitValue(member.Field.GetValue(source), member.Type, Join(path, member.Name), group, buffers: true);
                    }

                    continue;
                }

                ParameterAttribute? parameter = ParameterOf(member, members);
                bool isMarked = member.IsMarked || parameter is not null;
                if (member.IsIgnored || !(isMarked || HoldsSource(member.Type)))
                {
                    continue;
                }

                string? own = member.Limit is not null
                    ? MemberGroup(type, member.Name)
                    : member.Gradient?.Group ?? parameter?.Group;
                string name = inherited.Contains(member.Name) ? $"{type.Name.Split('`')[0]}::{member.Name}" : member.Name;
                VisitValue(member.Field.GetValue(source), member.Type, Join(path, name), group ?? own, isMarked);
                visited.Add(member.Name);
            }

            inherited.UnionWith(visited);
        }
    }

    private void VisitValue(object? value, Type type, string path, string? group, bool buffers)
    {
        if (value is null)
        {
            return;
        }

        type = Nullable.GetUnderlyingType(type) ?? type;
        if (IsGradientSource(type))
        {
            VisitObject(value, path, group);
        }
        else if (buffers && AsBuffer(value) is { } buffer)
        {
            if (buffer.Length > 0)
            {
                _found.Add(new FoundBuffer(path, group, buffer.Array, buffer.Start, buffer.Length));
            }
        }
        else if (CollectionFactory.IsDictionary(type))
        {
            foreach (object pair in (IEnumerable)value)
            {
                object key = pair.GetType().GetProperty("Key")!.GetValue(pair)!;
                VisitValue(pair.GetType().GetProperty("Value")!.GetValue(pair), type.GetGenericArguments()[1], Item(path, key), group,
                    buffers);
            }
        }
        else if (value is ITuple tuple)
        {
            VisitValue(tuple[0], ItemType(type)!, Join(path, "Item1"), group, buffers);
        }
        else if (!IsDefault(value))
        {
            // Memory and inline arrays are not enumerable, and each has this method.
            object items = value is IEnumerable ? value : value.GetType().GetMethod("ToArray")!.Invoke(value, null)!;
            int index = 0;
            foreach (object? item in (IEnumerable)items)
            {
                VisitValue(item, ItemType(type)!, Item(path, index++), group, buffers);
            }
        }
    }

    private static (Array Array, int Start, int Length)? AsBuffer(object value)
    {
        Type type = value.GetType();
        if (value is Array array)
        {
            return ModelFiller.IsElement(type.GetElementType()!) ? (array, 0, array.Length) : null;
        }

        if (ModelFiller.MemoryOf(value) is { } memory)
        {
            return (memory, 0, memory.Length);
        }

        if (!type.IsGenericType || !ModelFiller.IsElement(type.GetGenericArguments()[0]))
        {
            return null;
        }

        if (type.GetGenericTypeDefinition() == typeof(Memory<>))
        {
            // Memory<T> gives access to its array only through MemoryMarshal.
            MethodInfo segment = typeof(GradientOracle).GetMethod(nameof(SegmentOf), BindingFlags.NonPublic | BindingFlags.Static)!;
            value = segment.MakeGenericMethod(type.GetGenericArguments()).Invoke(null, [value])!;
            type = value.GetType();
        }

        return type.GetGenericTypeDefinition() == typeof(ArraySegment<>)
            ? ((Array?)type.GetProperty("Array")!.GetValue(value) ?? Array.Empty<float>(),
                (int)type.GetProperty("Offset")!.GetValue(value)!, (int)type.GetProperty("Count")!.GetValue(value)!)
            : null;
    }

    private static ArraySegment<T> SegmentOf<T>(Memory<T> memory) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(memory, out ArraySegment<T> segment) ? segment : default;

    private static bool IsDefault(object value) => value.GetType().GetProperty("IsDefault")?.GetValue(value) is true
        || (value.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(ArraySegment<>)
            && type.GetProperty("Array")!.GetValue(value) is null);

    private static ParameterAttribute? ParameterOf(HoldingMember member, HoldingMember[] members) =>
        members.SelectMany(other => other.Attributes.OfType<ParameterAttribute>())
            .FirstOrDefault(parameter => parameter.Gradient == member.Name);

    /// <summary>Returns true if a member of that type holds gradients without an attribute.</summary>
    private bool HoldsSource(Type type) =>
        Nullable.GetUnderlyingType(type) is { } underlying
            ? HoldsSource(underlying)
            : IsGradientSource(type) || (ItemType(type) is { } item && HoldsSource(item));

    /// <summary>Returns true if a type is a gradient source: hand-written, declared, inherited, or because it holds one.</summary>
    private bool IsGradientSource(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsGenericParameter)
        {
            return type.GetGenericParameterConstraints().Any(IsGradientSource);
        }

        if (type.IsInterface)
        {
            return typeof(IGradientSource).IsAssignableFrom(type);
        }

        // Only types of the programs can be gradient sources, and types that an assembly attribute names.
        if (type.Namespace is not (['F', >= '0' and <= '9', ..] or "Fuzz") || type.IsArray)
        {
            return false;
        }

        type = Definition(type);
        if (_isSource.TryGetValue(type, out bool known))
        {
            return known;
        }

        _isSource[type] = false;
        HoldingMember[] members = [.. Members(type)];
        bool isGradientSource = IsByHand(type)
            || type.GetCustomAttributes().Any(IsLimit)
            || members.Any(member => member.IsMarked || ParameterOf(member, members) is not null)
            || (type.BaseType is { } baseType && baseType != typeof(object) && IsGradientSource(baseType))
            || members.Any(member => !member.IsIgnored && HoldsSource(member.Type));
        _isSource[type] = isGradientSource;
        return isGradientSource;
    }

    // The programs' tuples hold a number after the gradient.
    private static Type? ItemType(Type type) =>
        typeof(ITuple).IsAssignableFrom(type) ? type.GetGenericArguments()[0]
        : type.IsArray ? type.GetElementType()
        : CollectionFactory.IsDictionary(type) || CollectionFactory.IsSequence(type) ? type.GetGenericArguments()[^1]
        : null;

    public static bool IsLimit(Attribute attribute) => attribute is ClipGradNormAttribute or ClipGradValueAttribute;

    private static bool IsByHand(Type type) =>
        Definition(type).GetCustomAttributes().Any(attribute => attribute.GetType().Name == "HandWrittenAttribute");

    private static Type Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Item(string path, object key)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{key}");
        bool isEscaped = text.Contains(']', StringComparison.Ordinal) || text.EndsWith('\\');
        return $"{path}[{(isEscaped ? string.Concat(text.Select(letter => letter is ']' or '\\' ? $"\\{letter}" : $"{letter}")) : text)}]";
    }
}

/// <summary>A field, or a property or method over one, that may hold gradients.</summary>
/// <param name="Name">The name of the member.</param>
/// <param name="Field">The field that contains the value.</param>
/// <param name="Type">Its declared type, with open type parameters.</param>
/// <param name="Attributes">The attributes of the field and of the property that uses it.</param>
internal sealed record HoldingMember(string Name, FieldInfo Field, Type Type, Attribute[] Attributes)
{
    public GradientAttribute? Gradient => Attributes.OfType<GradientAttribute>().FirstOrDefault();

    public Attribute? Limit => Attributes.FirstOrDefault(GradientOracle.IsLimit);

    public bool IsVisitedByHand => Attributes.Any(attribute => attribute.GetType().Name == "VisitedByHandAttribute");

    public bool IsMarked => Gradient is not null || Limit is not null;

    public bool IsIgnored => Attributes.OfType<ClipIgnoreAttribute>().Any();
}

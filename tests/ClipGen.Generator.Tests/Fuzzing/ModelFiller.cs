using System.Numerics.Tensors;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace ClipGen.Generator.Tests.Fuzzing;

/// <summary>
/// Creates a model without calling its constructors, and fills every field that it reaches: with new and empty buffers, slices, null, and
/// buffers and objects that already exist in the model.
/// </summary>
internal sealed class ModelFiller
{
    private const BindingFlags OwnFields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
    private const int DeepestNesting = 5;

    /// <summary>The array of each tensor, because a tensor does not expose it.</summary>
    private static readonly ConditionalWeakTable<object, Array> TensorMemory = [];

    private readonly Random _random;
    private readonly Type[] _candidates;
    private readonly List<Array> _buffers = [];
    private readonly List<object> _sources = [];
    private readonly double _tieProbability;
    private readonly bool _isPlain;
    private int _depth;
    private int _objects;

    // The length in the attribute of the member that is filled, or 0.
    private int _length;

    /// <param name="random">The source of all random choices.</param>
    /// <param name="types">The types of the program, for members whose type is a base class or an interface.</param>
    /// <param name="isPlain">True to create nothing null, empty or tied.</param>
    public ModelFiller(Random random, IEnumerable<Type> types, bool isPlain = false)
    {
        _random = random;
        _isPlain = isPlain;
        _candidates = [.. types.Where(type => !type.IsAbstract && !type.IsInterface)];
        _tieProbability = !isPlain && random.NextDouble() < 0.3 ? 0.25 : 0;
    }

    /// <summary>All created buffers, including those outside of the model's norm.</summary>
    public IReadOnlyList<Array> Buffers => _buffers;

    public object Create(Type type) => Fill(Close(type, type));

    /// <summary>Returns the type with type arguments that satisfy its constraints.</summary>
    private Type Close(Type type, Type wanted)
    {
        if (!type.ContainsGenericParameters)
        {
            return type;
        }

        Type[] elements = wanted is { IsGenericType: true, ContainsGenericParameters: false } ? wanted.GetGenericArguments() : [];
        return type.MakeGenericType(
            [.. type.GetGenericArguments().Select((parameter, i) => ArgumentOf(parameter, i < elements.Length ? elements[i] : null))]);
    }

    private Type ArgumentOf(Type parameter, Type? hint)
    {
        Type[] constraints = [.. parameter.GetGenericParameterConstraints().Where(constraint => constraint != typeof(ValueType))];
        if (constraints.Length == 0)
        {
            return hint is { IsPrimitive: true } || hint == typeof(Half) ? hint! : Pick(typeof(float), typeof(double), typeof(Half));
        }

        bool mustBeStruct = parameter.GenericParameterAttributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        return Pick([.. _candidates.Where(
            type => !type.ContainsGenericParameters && constraints[0].IsAssignableFrom(type) && (type.IsValueType || !mustBeStruct))]);
    }

    private object Fill(Type type)
    {
        object instance = RuntimeHelpers.GetUninitializedObject(type);
        _objects++;
        _depth++;
        foreach (Type declaring in Lineage(type))
        {
            foreach (FieldInfo field in declaring.GetFields(OwnFields).OrderBy(field => field.MetadataToken))
            {
                _length = PromisedLength(declaring, field);
                field.SetValue(instance, AllocatedLength(field) is { } length ? Allocate(field.FieldType, length) : Value(field.FieldType));
            }
        }

        _depth--;
        return instance;
    }

    /// <summary>
    /// Returns the length that the compiler sees in an initializer, or null. Such an array is new and never null. Later buffers may be tied
    /// to it, but it is not tied to earlier ones.
    /// </summary>
    private static int? AllocatedLength(FieldInfo field) =>
        (int?)field.CustomAttributes.FirstOrDefault(
            attribute => attribute.AttributeType.Name == "AllocatedAttribute")?.ConstructorArguments[0].Value;

    // The length in an attribute may be wrong. It is right in most cases here.
    private int PromisedLength(Type type, FieldInfo field)
    {
        string property = field.Name.Split('<', '>') is ["", var name, ..] ? name : "";
        MemberInfo? marked = property.Length > 0 ? type.GetProperty(property, OwnFields) : field;
        int length = (marked?.GetCustomAttribute<GradientAttribute>() ?? field.GetCustomAttribute<GradientAttribute>())?.Length ?? 0;
        return _isPlain || Chance(0.95) ? length : 0;
    }

    /// <summary>Returns the array of a tensor that this class created.</summary>
    public static Array? MemoryOf(object tensor) => TensorMemory.TryGetValue(tensor, out Array? memory) ? memory : null;

    /// <summary>Returns the base classes of the type, and then the type.</summary>
    public static IEnumerable<Type> Lineage(Type type)
    {
        var lineage = new Stack<Type>();
        for (Type? current = type; current is not null && current != typeof(object) && current != typeof(ValueType);
            current = current.BaseType)
        {
            lineage.Push(current);
        }

        return lineage;
    }

    private object? Value(Type type)
    {
        if (IsElement(type) || type.IsPrimitive || type == typeof(string) || type == typeof(Type))
        {
            return type.IsValueType ? Activator.CreateInstance(type) : null;
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return MayBeAbsent(0.3) ? null : Value(underlying);
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() is { } definition && IsElement(type.GetGenericArguments()[0])
            && (definition == typeof(Memory<>) || definition == typeof(ArraySegment<>)))
        {
            return MayBeAbsent(0.1) ? Activator.CreateInstance(type) : Slice(type, type.GetGenericArguments()[0]);
        }

        if (typeof(ITuple).IsAssignableFrom(type))
        {
            return Activator.CreateInstance(type, [.. type.GetGenericArguments().Select(Value)]);
        }

        if (!type.IsValueType && MayBeAbsent(0.1))
        {
            return null;
        }

        if (type.IsArray)
        {
            return IsElement(type.GetElementType()!) ? Buffer(type) : Items(type.GetElementType()!, type.GetArrayRank());
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Tensor<>))
        {
            var memory = (Array)Buffer(type.GetGenericArguments()[0].MakeArrayType());
            MethodInfo wrap = typeof(ModelFiller).GetMethod(nameof(Wrap), BindingFlags.NonPublic | BindingFlags.Static)!;
            object tensor = wrap.MakeGenericMethod(type.GetGenericArguments()).Invoke(null, [memory])!;
            TensorMemory.Add(tensor, memory);
            return tensor;
        }

        if (CollectionFactory.IsSequence(type) || CollectionFactory.IsDictionary(type))
        {
            return type.IsValueType && MayBeAbsent(0.1)
                ? Activator.CreateInstance(type)
                : CollectionFactory.Make(type, Items(type.GetGenericArguments()[^1], 1));
        }

        return Source(type);
    }

    private static Tensor<T> Wrap<T>(T[] memory) =>
        memory.Length > 0 && memory.Length % 2 == 0
            ? Tensor.Create(memory, [2, memory.Length / 2])
            : Tensor.Create(memory, [memory.Length]);

    private object? Source(Type type)
    {
        if (_sources.Where(type.IsInstanceOfType).ToArray() is { Length: > 0 } known && Chance(_tieProbability))
        {
            return Pick(known);
        }

        if (type.IsValueType)
        {
            return Fill(type);
        }

        if (_depth >= DeepestNesting || _objects > 60)
        {
            return null;
        }

        if (type.Namespace == "Fuzz")
        {
            return Fill(type);
        }

        Type[] fitting = [.. _candidates.Where(
            candidate => candidate.ContainsGenericParameters ? Fits(candidate, type) : type.IsAssignableFrom(candidate))];
        if (fitting.Length == 0)
        {
            return null;
        }

        Type closed = Close(Pick(fitting), type);
        if (!type.IsAssignableFrom(closed))
        {
            return null;
        }

        object source = Fill(closed);
        _sources.Add(source);
        return source;
    }

    private static bool Fits(Type candidate, Type type) =>
        (type.IsGenericType && Lineage(candidate)
            .Any(ancestor => ancestor.IsGenericType && ancestor.GetGenericTypeDefinition() == type.GetGenericTypeDefinition()))
        || candidate.GetInterfaces().Contains(type);

    private Array Items(Type itemType, int rank)
    {
        int count = _depth >= DeepestNesting || _objects > 60 ? 0 : _random.Next(_isPlain ? 1 : 0, 4);
        var items = Array.CreateInstance(itemType, [count, .. Enumerable.Repeat(1, rank - 1)]);
        for (int i = 0; i < count; i++)
        {
            int[] at = new int[rank];
            at[0] = i;
            items.SetValue(Value(itemType), at);
        }

        return items;
    }

    private object Slice(Type type, Type element)
    {
        Array[] known = [.. _buffers.Where(buffer => buffer.Rank == 1 && buffer.GetType().GetElementType() == element)];
        Array array = known.Length > 0 && Chance(_tieProbability) ? Pick(known) : (Array)Buffer(element.MakeArrayType());
        int start = _isPlain || Chance(0.5) ? 0 : _random.Next(array.Length + 1);
        int length = _isPlain || Chance(0.4) ? array.Length - start : _random.Next(array.Length - start + 1);
        return Activator.CreateInstance(type, array, start, length)!;
    }

    private object Buffer(Type type)
    {
        if (_buffers.Where(buffer => buffer.GetType() == type).ToArray() is { Length: > 0 } known && Chance(_tieProbability))
        {
            return Pick(known);
        }

        Type element = type.GetElementType()!;
        int rank = type.GetArrayRank();
        int length = _random.NextDouble() switch
        {
            < 0.08 => _isPlain ? 1 : 0,
            < 0.85 => _random.Next(1, 9),
            < 0.98 => _random.Next(9, 80),
            _ => _random.Next(250, 700)
        };
        length = _length > 0 && rank == 1 ? _length : length;
        return Fill(Array.CreateInstance(element, [length, .. Enumerable.Range(1, rank - 1).Select(_ => _random.Next(1, 4))]), element);
    }

    private Array Allocate(Type type, int length) => Fill(
        Array.CreateInstance(type.GetElementType()!, [length, .. Enumerable.Repeat(2, type.GetArrayRank() - 1)]), type.GetElementType()!);

    private Array Fill(Array array, Type element)
    {
        double scale = MayBeAbsent(0.1) ? 0 : Math.Pow(10, (4 * _random.NextDouble()) - 2);
        if (element != typeof(Half) && MayBeAbsent(0.02))
        {
            scale = Chance(0.5) ? 1e20 : 1e-22;
        }

        var elements = new BufferElements(array);
        for (int i = 0; i < array.Length; i++)
        {
            elements[i] = ((2 * _random.NextDouble()) - 1) * scale;
        }

        _buffers.Add(array);
        return array;
    }

    public static bool IsElement(Type type) => type == typeof(float) || type == typeof(double) || type == typeof(Half);

    private bool MayBeAbsent(double probability) => !_isPlain && Chance(probability);

    private bool Chance(double probability) => probability > 0 && _random.NextDouble() < probability;

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}

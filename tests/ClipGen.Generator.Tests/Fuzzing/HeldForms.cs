namespace ClipGen.Generator.Tests.Fuzzing;

/// <summary>The forms in which members hold buffers and sources. To test a new form of the generator, add a line here.</summary>
internal static class HeldForms
{
    public static readonly string[] Elements = ["float", "double", "Half"];

    /// <summary>One buffer of elements <c>{0}</c>.</summary>
    private static readonly HeldForm[] Buffers =
    [
        new("{0}[]", true, 8),
        new("{0}[,]", true, 2),
        new("{0}[,,]", true),
        new("{0}[,,,]", true),
        new("Memory<{0}>", false, 2),
        new("Memory<{0}>?", false),
        new("ArraySegment<{0}>", false, 2),
        new("ArraySegment<{0}>?", false),
        new("System.Numerics.Tensors.Tensor<{0}>", true, 2),
    ];

    /// <summary>A collection or a tuple of <c>{0}</c>, which can be any other form.</summary>
    private static readonly HeldForm[] Collections =
    [
        new("{0}[]", true, 4),
        new("{0}[,]", true),
        new("List<{0}>", true, 4),
        new("IReadOnlyList<{0}>", true, 2),
        new("IList<{0}>", true),
        new("ImmutableArray<{0}>", false, 2),
        new("ImmutableList<{0}>", true),
        new("Dictionary<string, {0}>", true, 2),
        new("Dictionary<int, {0}>", true),
        new("SortedDictionary<int, {0}>", true),
        new("SortedList<int, {0}>", true),
        new("ImmutableDictionary<string, {0}>", true),
        new("IReadOnlyDictionary<string, {0}>", true),
        new("IDictionary<int, {0}>", true),
        new("ReadOnlyDictionary<int, {0}>", true),
        new("IEnumerable<{0}>", true, 2),
        new("ICollection<{0}>", true),
        new("IReadOnlyCollection<{0}>", true),
        new("HashSet<{0}>", true),
        new("ISet<{0}>", true),
        new("Queue<{0}>", true),
        new("Stack<{0}>", true),
        new("LinkedList<{0}>", true),
        new("Collection<{0}>", true),
        new("ObservableCollection<{0}>", true),
        new("ReadOnlyCollection<{0}>", true),
        new("({0}, int)", false, 2),
        new("({0}, int)?", false),
        new("ImmutableArray<{0}>?", false),
    ];

    /// <summary>Collections that can hold sources but not buffers. With numbers as elements, some of them are one buffer.</summary>
    private static readonly HeldForm[] SourceCollections =
    [
        new("ArraySegment<{0}>", false),
        new("Memory<{0}>", false),
        new("ReadOnlyMemory<{0}>", false),
        new("Three<{0}>", false),
    ];

    /// <summary>A buffer or a collection of buffers.</summary>
    public static HeldType Buffer(Random random, string element) =>
        Wrap(random, new HeldType(Pick(random, Buffers), element), random.NextDouble() < 0.3);

    /// <summary>Draws a source of the given type, or a collection of such sources.</summary>
    /// <param name="random">Draws the form.</param>
    /// <param name="source">The type of the source.</param>
    /// <param name="isReference">True if the source is a reference type.</param>
    public static HeldType Source(Random random, string source, bool isReference)
    {
        var held = new HeldType(new HeldForm("{0}", isReference), source);
        if (random.NextDouble() < 0.1)
        {
            return new HeldType(Pick(random, SourceCollections), held.Text);
        }

        return Wrap(random, held, random.NextDouble() < 0.5);
    }

    private static HeldType Wrap(Random random, HeldType inner, bool once)
    {
        if (!once)
        {
            return inner;
        }

        HeldForm form = Pick(random, Collections);
        bool isArray = form.Pattern.EndsWith(']');
        string item = inner.IsReference && !isArray && random.NextDouble() < 0.3 ? inner.Text + "?" : inner.Text;
        return Wrap(random, new HeldType(form, item), random.NextDouble() < 0.2);
    }

    private static HeldForm Pick(Random random, HeldForm[] forms)
    {
        int ticket = random.Next(forms.Sum(form => form.Weight));
        return forms.First(form => (ticket -= form.Weight) < 0);
    }
}

/// <summary>A pattern of a type.</summary>
/// <param name="Pattern">The type, with <c>{0}</c> for its element.</param>
/// <param name="IsReference">Whether it can be null.</param>
/// <param name="Weight">The relative frequency.</param>
internal sealed record HeldForm(string Pattern, bool IsReference, int Weight = 1);

/// <summary>The source text of a type.</summary>
internal sealed record HeldType(string Text, bool IsReference)
{
    public HeldType(HeldForm form, string inner)
        : this(Fill(form.Pattern, inner), form.IsReference)
    {
    }

    // C# writes the brackets of the outermost array first: an array of float[,] is float[][,].
    private static string Fill(string pattern, string inner)
    {
        if (!pattern.StartsWith("{0}[", StringComparison.Ordinal))
        {
            return pattern.Replace("{0}", inner, StringComparison.Ordinal);
        }

        int start = inner.TrimEnd('[', ']', ',').Length;
        return inner[..start] + pattern[3..] + inner[start..];
    }
}

namespace ClipGen.Generator.Tests.Fuzzing;

/// <summary>The forms in which members hold buffers and sources. A form that the generator learns is one more line here.</summary>
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

    /// <summary>A collection or a tuple of <c>{0}</c>, which is any other form.</summary>
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

    /// <summary>Collections of sources that hold no buffers, or mean one buffer with elements in them.</summary>
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

    /// <summary>A source of that type or a collection of such sources.</summary>
    /// <param name="random">Draws the form.</param>
    /// <param name="source">The source's type.</param>
    /// <param name="isReference">Whether that is a reference type.</param>
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
/// <param name="Pattern">The type, <c>{0}</c> for what is in it.</param>
/// <param name="IsReference">Whether it can be null.</param>
/// <param name="Weight">How often it is drawn.</param>
internal sealed record HeldForm(string Pattern, bool IsReference, int Weight = 1);

/// <summary>A type as it is written.</summary>
internal sealed record HeldType(string Text, bool IsReference)
{
    public HeldType(HeldForm form, string inner)
        : this(Fill(form.Pattern, inner), form.IsReference)
    {
    }

    // The outermost array's brackets are written first: an array of float[,] is float[][,].
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

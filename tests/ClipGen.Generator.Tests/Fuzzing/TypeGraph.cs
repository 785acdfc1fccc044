using System.Collections.Immutable;

namespace ClipGen.Generator.Tests.Fuzzing;

/// <summary>
/// Random types that hold, wrap and inherit each other and themselves in all directions, so that a type can be a gradient source because of
/// any other type.
/// </summary>
/// <param name="Seed">The seed of all random choices.</param>
/// <param name="Types">The types, in the order of drawing.</param>
internal sealed record TypeGraph(int Seed, ImmutableArray<GraphType> Types)
{
    private static readonly string[] Kinds = ["class", "class", "class", "class", "struct", "record", "wrapper", "wrapper"];

    private static readonly string[] Forms =
        ["{0}", "{0}", "{0}", "{0}[]", "List<{0}>", "Dictionary<string, {0}>", "IReadOnlyList<{0}>", "({0}, int)[]", "{0}[][]"];

    public string Namespace => $"G{Seed}";

    public static TypeGraph Draw(int seed)
    {
        var random = new Random(seed);
        int count = random.Next(2, 7);
        string[] kinds = [.. Enumerable.Range(0, count).Select(i => i == 0 ? "class" : Kinds[random.Next(Kinds.Length)])];
        int names = 0;
        return new TypeGraph(seed, [.. Enumerable.Range(0, count).Select(DrawType)]);

        GraphType DrawType(int index)
        {
            string name = $"T{index}";
            bool isWrapper = kinds[index] == "wrapper";

            // A base is an earlier type, so that no type inherits from itself.
            int[] bases = [.. Enumerable.Range(0, index)
                .Where(other => kinds[other] == kinds[index] && kinds[other] is "class" or "record")];
            string inherited = bases.Length > 0 && random.Next(3) == 0 ? $" : T{bases[random.Next(bases.Length)]}" : "";
            string attribute = index == 0 || random.Next(16) == 0 ? "[ClipGradNorm(1.0)] " : "";
            string declaration = $"public partial {(isWrapper ? "class" : kinds[index])} {name}{(isWrapper ? "<T>" : "")}";
            var members = new List<string>();
            if (isWrapper)
                members.Add(random.Next(3) == 0 ? $"public T[] Items{names++};" : $"public T Item{names++};");
            for (int i = random.Next(1, 4); i > 0; i--)
                members.Add(DrawMember(index, isWrapper));
            if (random.Next(3) == 0)
                members.Insert(random.Next(members.Count), $"[Gradient] public float[] _g{names++};");
            return new GraphType(attribute, declaration, inherited, [.. members]);
        }

        string DrawMember(int index, bool isWrapper)
        {
            // Without an attribute on a member that closes a cycle, nothing is generated. Some of these members have none.
            int target = random.Next(12) == 0 ? 0 : random.Next(1, count);
            string attribute = target <= index
                ? random.Next(4) switch { 0 => "[Gradient] ", 1 or 2 => "[ClipIgnore] ", _ => "" }
                : random.Next(12) switch { 0 => "[Gradient] ", 1 => "[ClipIgnore] ", _ => "" };
            string held = Reference(target, isWrapper);

            // A struct field in a struct could form a layout cycle.
            string form = kinds[index] == "struct" ? "{0}[]" : Forms[random.Next(Forms.Length)];
            string type = string.Format(System.Globalization.CultureInfo.InvariantCulture, form, held);
            return random.Next(4) == 0 ? $"{attribute}public {type} P{names++} {{ get; set; }}" : $"{attribute}public {type} _f{names++};";
        }

        string Reference(int index, bool isWrapper)
        {
            if (kinds[index] != "wrapper")
                return $"T{index}";
            int[] arguments = [.. Enumerable.Range(0, count).Where(other => kinds[other] != "wrapper")];
            return isWrapper && random.Next(2) == 0 ? $"T{index}<T>" : $"T{index}<T{arguments[random.Next(arguments.Length)]}>";
        }
    }

    /// <summary>Returns the program as one file for each type, in the given order.</summary>
    public string[] Files() => [.. Types.Select(type => Usings + InNamespace(type.Text))];

    /// <summary>Returns the program as two files for each type, each with a part of its members, in random order.</summary>
    public string[] SplitFiles(Random random)
    {
        string[] files =
        [
            .. Types.SelectMany(type =>
            {
                int first = random.Next(type.Members.Length + 1);
                return new[]
                {
                    type with { Members = type.Members[..first] },
                    type with { Attribute = "", Base = "", Members = type.Members[first..] },
                };
            }).Select(part => Usings + InNamespace(part.Text)),
        ];
        random.Shuffle(files);
        return files;
    }

    /// <summary>Returns the program as one file.</summary>
    public string File() => Usings + InNamespace(string.Join("\n", Types.Select(type => type.Text)));

    /// <summary>Returns the same types in another order.</summary>
    public TypeGraph ShuffleTypes(Random random) => this with { Types = Shuffle(Types, random) };

    /// <summary>Returns the same types, with their members in another order.</summary>
    public TypeGraph ShuffleMembers(Random random) =>
        this with { Types = [.. Types.Select(type => type with { Members = Shuffle(type.Members, random) })] };

    private const string Usings = """
        #nullable disable
        #pragma warning disable CS0169, CS0649
        using System.Collections.Generic;
        using ClipGen;

        """;

    private string InNamespace(string text) => $"namespace {Namespace}\n{{\n{text}\n}}\n";

    private static ImmutableArray<T> Shuffle<T>(ImmutableArray<T> items, Random random)
    {
        T[] shuffled = [.. items];
        random.Shuffle(shuffled);
        return [.. shuffled];
    }
}

/// <summary>One type of a graph.</summary>
/// <param name="Attribute">The attribute, or an empty string.</param>
/// <param name="Declaration">The keywords and the name.</param>
/// <param name="Base">The colon and the base, or an empty string.</param>
/// <param name="Members">The source text of its members.</param>
internal sealed record GraphType(string Attribute, string Declaration, string Base, ImmutableArray<string> Members)
{
    public string Text => $"    {Attribute}{Declaration}{Base}\n    {{\n        {string.Join("\n        ", Members)}\n    }}";
}

using System.Globalization;
using System.Text;

namespace ClipGen.Analyzers.Tests.Records;

/// <summary>Writes random modules of TorchSharp: base classes, nested and generic ones, fields and properties of all kinds.</summary>
/// <param name="seed">The seed, which determines the program.</param>
internal sealed class ModuleDrawer(int seed)
{
    private const int MostModules = 8;

    private static readonly string[] Library =
    [
        "Linear", "Conv2d", "Parameter", "Parameter?", "LSTM", "Sequential", "nn.Module", "nn.Module<Tensor, Tensor>",
        "nn.Module<Tensor, Tensor, Tensor?>",
        "ModuleList<Linear>", "ModuleList<nn.Module<Tensor, Tensor>>", "ModuleDict<Linear>", "ParameterList", "ParameterDict", "Linear[]",
        "List<Linear>", "Tensor", "int", "string?", "Dictionary<string, Parameter>", "(Linear, Linear)", "dynamic", "object",
        "Func<Linear>",
        "nn.IModule<Tensor, Tensor>", "Parameter[]", "ModuleList<ModuleList<Linear>>",
    ];

    private readonly Random _random = new(seed);

    // The name of the module as the type of a field.
    private readonly List<string> _known = [];
    private readonly List<(string Name, bool IsGeneric)> _bases = [];

    /// <summary>Writes a program.</summary>
    public string Draw()
    {
        var source = new StringBuilder("""
            #pragma warning disable
            using TorchSharp.Modules;
            using static TorchSharp.torch;
            namespace DrawnSEED;

            """.Replace("SEED", seed.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        int count = _random.Next(1, MostModules + 1);
        for (int number = 0; number < count; number++)
            Append(source, number);
        return source.ToString();
    }

    private void Append(StringBuilder source, int number)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"Net{number}");
        bool isNested = _random.Next(4) == 0;
        bool isGenericContainer = isNested && _random.Next(2) == 0;
        bool isGeneric = _random.Next(4) == 0;
        string container = isGenericContainer ? $"Outer{number}<TOuter>" : $"Outer{number}";
        (string Name, bool IsGeneric)? ancestor = _bases.Count > 0 && _random.Next(3) == 0 ? _bases[_random.Next(_bases.Count)] : null;
        string parent = ancestor is not { } known ? "nn.Module" : known.IsGeneric ? $"{known.Name}<Linear>" : known.Name;
        string constraint = isGeneric && _random.Next(2) == 0 ? " where T : nn.Module" : "";
        bool hasPrimary = ancestor is null && _random.Next(5) == 0;
        if (isNested)
            source.Append(CultureInfo.InvariantCulture, $"public class {container} {{\n");
        source.Append("public class ").Append(name).Append(isGeneric ? "<T>" : "");
        if (hasPrimary)
            source.Append(CultureInfo.InvariantCulture, $"(Linear first, int width) : nn.Module(\"{name}\")");
        else
            source.Append(" : ").Append(parent);
        source.Append(constraint).Append("\n{\n");
        if (hasPrimary)
            source.Append("    Linear Kept() => first; int Width() => width;\n");
        else
            source.Append(CultureInfo.InvariantCulture, $"    public {name}() {(ancestor is null ? $": base(\"{name}\") " : "")}{{ }}\n");

        // A module can hold modules of its own type.
        string own = isGeneric ? $"{name}<Conv2d>" : name;
        string full = !isNested ? own : isGenericContainer ? $"Outer{number}<LSTM>.{own}" : $"Outer{number}.{own}";
        _known.Add(full);
        int members = _random.Next(6);
        for (int i = 0; i < members; i++)
            source.Append("    ").Append(Member(i, isGeneric)).Append('\n');
        source.Append("}\n").Append(isNested ? "}\n" : "");
        if (!isNested && !hasPrimary)
            _bases.Add((name, isGeneric));
    }

    private string Member(int number, bool isGeneric)
    {
        string type = TypeOf(isGeneric);
        string name = ((string[])["_field", "Member", "a", "Ä", "_B"])[_random.Next(5)] + number.ToString(CultureInfo.InvariantCulture);
        return _random.Next(8) switch
        {
            0 => $"public static {type} {name};",
            1 => $"private readonly {type} {name} = default!;",
            2 => $"public {type} {name} {{ get; set; }} = default!;",
            3 => $"protected {type} {name} {{ get; }} = default!;",
            4 => $"public {type} {name} => default!;",
            5 => $"public event System.Action<{type.TrimEnd('?')}> {name};",
            6 => $"internal {type} {name} = default!, {name}b = default!;",
            _ => $"private {type} {name} = default!;",
        };
    }

    private string TypeOf(bool isGeneric) => _random.Next(6) switch
    {
        0 when isGeneric => "T",
        1 when isGeneric => "List<T>",
        2 or 3 => _known[_random.Next(_known.Count)],
        4 => $"ModuleList<{_known[_random.Next(_known.Count)]}>",
        _ => Library[_random.Next(Library.Length)],
    };
}

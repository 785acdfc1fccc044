using System.Reflection;
using System.Text.Json;

namespace ClipGen.Generator.Tests;

/// <summary>
/// Generated members are methods, so that none appears in the text of a record, in JSON, or in a debugger's list of properties and fields.
/// </summary>
public sealed class GeneratedSurfaceTests
{
    private const string Types =
        """
        using System; using System.Collections.Generic; using ClipGen;

        public sealed partial class Layer { [Gradient] public required float[] W; }

        [ClipGradNorm(1.0), ClipGradNorm(2.0, Group = "g")]
        public partial record Model([property: Gradient] float[] Position, int Size)
        {
            [Gradient] public required float[] Needed { get; init; }
            [field: Gradient] public float[] Initial { get; init; } = new float[1];
            [Gradient(Group = "g")] public float[] Field = new float[1];
            [Gradient, ClipGradValue(0.5)] private readonly float[] _own = new float[16];
            public static Model Create() => new(new float[1], 3) { Needed = new float[1] };
        }

        [ClipGradNorm(3.0)]
        public sealed partial record Derived(float[] Position, [property: Gradient] double[] More) : Model(Position, 4)
        {
            public static new Derived Create() => new(new float[1], new double[2]) { Needed = new float[1] };
        }

        [ClipGradNorm(1.0)]
        public partial record struct Pair([property: Gradient] float[] D, Layer L)
        {
            public static Pair Create() => new(new float[1], new() { W = new float[1] });
        }

        [ClipGradValue(1.0)]
        public partial class Plain
        {
            public string Title { get; set; } = "plain";
            [Gradient] private readonly float[] _a = new float[8], _b = new float[8];
            public static Plain Create() => new();
        }
        """;

    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly string[] Generated =
    [
        "ClipGradients", "GradientNorm", "ScaleGradients", "ZeroGradients", "GetGradientNames", "GetGradientNorms",
        "VisitGradients", "VisitAllGradients", "VisitOwnGradients",
    ];

    public static TheoryData<string, string> TextOfRecords => new()
    {
        { "Model", "Position = floats, Size = 3, Needed = floats, Initial = floats, Field = floats" },
        { "Derived", "Position = floats, Size = 4, Needed = floats, Initial = floats, Field = floats, More = doubles" },
        { "Pair", "D = floats, L = Layer" },
    };

    public static TheoryData<string, string> PropertiesInJson => new()
    {
        { "Model", "Position,Size,Needed,Initial" },
        { "Derived", "Position,Size,Needed,Initial,More" },
        { "Pair", "D,L" },
        { "Plain", "Title" },
    };

    [Theory]
    [MemberData(nameof(TextOfRecords))]
    public void The_text_of_a_record_has_its_own_members_only(string type, string expected)
    {
        string members = expected
            .Replace("floats", "System.Single[]", StringComparison.Ordinal)
            .Replace("doubles", "System.Double[]", StringComparison.Ordinal);

        Assert.Equal($"{type} {{ {members} }}", Create(type).ToString());
    }

    [Theory]
    [MemberData(nameof(PropertiesInJson))]
    public void JSON_has_the_models_own_properties_only(string type, string expected)
    {
        object model = Create(type);
        using JsonDocument json = JsonDocument.Parse(JsonSerializer.Serialize(model, model.GetType()));

        Assert.Equal(expected.Split(',').Order(), json.RootElement.EnumerateObject().Select(property => property.Name).Order());
    }

    [Theory]
    [InlineData("Model")]
    [InlineData("Derived")]
    [InlineData("Pair")]
    [InlineData("Plain")]
    [InlineData("Layer")]
    public void No_generated_member_is_a_property_or_an_instance_field(string type)
    {
        Assembly assembly = Load();
        MemberInfo[] generated =
        [
            .. assembly.GetType(type)!.GetMembers(Declared)
                .Where(member => member.GetCustomAttribute<System.CodeDom.Compiler.GeneratedCodeAttribute>() is not null),
        ];

        Assert.Contains(generated, member => member.Name is "VisitGradients" or "VisitAllGradients");
        Assert.All(generated, member => Assert.True(IsHidden(member), member.ToString()));
    }

    private static bool IsHidden(MemberInfo member) => member switch
    {
        MethodInfo { IsSpecialName: false, IsPrivate: true, IsVirtual: true } =>
            member.Name.Contains("IClipModel.", StringComparison.Ordinal),
        MethodInfo { IsSpecialName: false } => Generated.Contains(member.Name),
        FieldInfo { IsStatic: true, IsPrivate: true } or TypeInfo => true,
        _ => false,
    };

    private static object Create(string type) => Load().GetType(type)!.GetMethod("Create", Declared)!.Invoke(null, null)!;

    private static Assembly Load() => GeneratorHarness.Run(Types).Load();
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Generator.Tests.Emission;

/// <summary>
/// One program that contains every form of generated code, compiled with every version of C# from 8 on and with every option that changes
/// the diagnostics of the compiler.
/// </summary>
public sealed class LanguageOptionTests
{
    /// <summary>C# 8 code without nullable annotations, which has no warnings where nullable reference types are enabled.</summary>
    private const string Source =
        """
        #pragma warning disable CS8618
        namespace Acme
        {
            [ClipGradNorm(1.0, NonFinite = NonFinitePolicy.Zero), ClipGradNorm(2.0, Group = "g", NormType = 1, Epsilon = 1e-6)]
            [ClipGradValue(3.0, Group = "h")]
            public partial class Net<T> where T : Layer
            {
                [Parameter(Gradient = nameof(_dW))] private readonly float[] _w = new float[64];
                private readonly float[] _dW = new float[64];
                [Gradient] private readonly double[] _short = new double[3], _long = new double[100];
                [Gradient(Group = "g")] private float[,] _matrix;
                [Gradient(Group = "h")] private float[][] _jagged;
                [Gradient, ClipGradNorm(0.5)] private Memory<float> _own;
                [Gradient] private Memory<float>? _memory;
                [Gradient] private ArraySegment<double>? _segment;
                [Gradient] private (float[] A, double[] B)? _tuple;
                [Gradient] private System.Collections.Immutable.ImmutableArray<float[]> _immutable;
                [Gradient] private Dictionary<string, List<float[]>> _dictionary;
                [Gradient] private IEnumerable<float[]> _enumerable;
                [Gradient] private Floats _floats;
                [Gradient] private Span<float> Window => _dW;
                [Gradient] private Span<float> GetWindow() => _dW;
                private T _layer;
                private HashSet<Layer> _layers;
                private Point? _point;
                private Point[] _points;
                private IGradientSource _byInterface;
                private ByHand _byHand;
                [ClipIgnore] private Layer _ignored;
            }

            public abstract partial class Layer { [Gradient] private readonly float[] _d = new float[4]; }
            public sealed partial class Dense : Layer { [Gradient] private protected float[] _e; }
            public partial struct Point { [Gradient] private float[] _d; }
            public class ByHand : IGradientSource { void IGradientSource.VisitGradients<TVisitor>(ref TVisitor visitor) { } }
            public class Floats : List<float[]> { public new int this[int i] => i; }
            [ClipGradNorm(1.0)] public sealed partial class Bigger : Net<Dense> { [Gradient] private float[] _f; }
        }
        """;

    public static TheoryData<LanguageVersion> Languages() =>
        [.. Enum.GetValues<LanguageVersion>().Where(version => version is >= LanguageVersion.CSharp8 and <= LanguageVersion.Preview)];

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task The_code_compiles_without_a_warning(LanguageVersion language)
    {
        foreach (NullableContextOptions nullable in Enum.GetValues<NullableContextOptions>())
        {
            foreach (EmissionOptions options in new[] { EmissionOptions.Plain with { AllowsUnsafe = false }, EmissionOptions.Pedantic })
            {
                await EmissionTests.VerifyAsync(new EmissionCase("", Source), options with { Language = language, Nullable = nullable });
            }
        }
    }

    [Fact]
    public Task The_library_under_an_alias_alone_is_refused() => VerifyAliasesAsync(["lib"], "{|CLIP003:M|}");

    [Fact]
    public Task The_library_under_two_aliases_is_named_by_the_global_one() => VerifyAliasesAsync(["lib", "global"], "M");

    private static async Task VerifyAliasesAsync(string[] aliases, string type)
    {
        var marked = new EmissionCase(
            "",
            $$"""
            extern alias lib;
            [lib::ClipGen.ClipGradNorm(1.0)]
            public partial class {{type}} { [lib::ClipGen.Gradient] readonly float[] _d = new float[3]; }
            """)
        {
            IsBare = true,
        };
        string library = typeof(ClipGradNormAttribute).Assembly.Location;
        await EmissionTests.VerifyAsync(
            marked,
            EmissionOptions.Plain,
            GeneratorHarness.References.Select(
                reference => reference.Display == library
                    ? reference.WithProperties(new MetadataReferenceProperties(aliases: [.. aliases]))
                    : reference));
    }
}

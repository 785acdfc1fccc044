using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Generator.Tests;

/// <summary>Calls of <see cref="Gradients"/> compile without a warning and have the same effect in every version of C#.</summary>
public sealed class GradientsLanguageTests
{
    private const string Calls = """
        using System;
        using System.Collections.Generic;
        using System.Globalization;
        using System.Linq;
        using ClipGen;

        namespace Calls
        {
            public static class Program
            {
                public static string Run()
                {
                    float[] dW = { 3, 4 };
                    float[] none = Array.Empty<float>();
                    double[] dB = { 12 };
                    double[,] dU = { { 0, 84 } };
                    Half[] dH = { (Half)132 };
                    float[][] jagged = { new float[] { 0 }, new float[] { 0, 0 } };
                    List<float[]> list = new List<float[]> { dW };
                    IEnumerable<float[]> sequence = list.Select(item => item);
                    IReadOnlyList<float[]> readOnly = list;
                    Dictionary<string, float[]> byName = new Dictionary<string, float[]> { ["dW"] = dW };
                    Span<float> span = dW;
                    Memory<double> memory = dB;
                    Span<double> local = stackalloc double[2];
                    local.Clear();

                    double[] norms =
                    {
                        Gradients.Norm(dW),
                        Gradients.Norm(dW, dB),
                        Gradients.Norm(dW, none, dB, dU, dH),
                        Gradients.Norm(dW, null, dB),
                        Gradients.Norm(null, dW),
                        Gradients.Norm(list),
                        Gradients.Norm(sequence, dB),
                        Gradients.Norm(readOnly, memory.ToArray()),
                        Gradients.Norm(byName),
                        Gradients.Norm(jagged),
                        Gradients.Norm(jagged, dW),
                        Gradients.Norm(new[] { dW, none }),
                        Gradients.Norm(new List<List<double>> { new List<double> { 2 } }),
                        Gradients.Norm(span),
                        Gradients.Norm(memory),
                        Gradients.Norm(dW, memory),
                        Gradients.Norm(span, dB, list, jagged),
                        Gradients.Norm(local, dU, span, memory, dH),
                        Gradients.Norm(dW.AsSpan(1), new ArraySegment<double>(dB).AsSpan()),
                        Gradients.Norm(dW, normType: 1),
                        Gradients.Norm(span, normType: double.PositiveInfinity),
                        Gradients.ClipNorm(1e3, dW, dB, dU).TotalNorm,
                        Gradients.ClipNorm(1e3, list).TotalNorm,
                        Gradients.ClipNorm(1000, span, memory).TotalNorm,
                        Gradients.ClipNorm(1000, dW, normType: 1, nonFinite: NonFinitePolicy.Zero, epsilon: 1e-6).TotalNorm,
                        Gradients.ClipValue(1e3, dW, dB).TotalNorm,
                        Gradients.ClipValue(1e3, span, nonFinite: NonFinitePolicy.Leave).TotalNorm,
                    };

                    dW[1] = float.NaN;
                    try
                    {
                        Gradients.ClipNorm(1, dB, sequence);
                    }
                    catch (NonFiniteGradientException e)
                    {
                        return string.Join(" ", norms.Select(norm => norm.ToString(CultureInfo.InvariantCulture))) + " " + e.GradientName;
                    }

                    return "";
                }
            }
        }
        """;

    private const string CollectionExpressions = """
        using ClipGen;

        namespace Calls
        {
            public static class Program
            {
                public static string Run()
                {
                    float[] dW = [3];
                    double[,] dU = { { 4 } };
                    float[]? none = null;
                    return $"{Gradients.Norm([dW, none])} {Gradients.Norm([dW, null, dU])}"
                        + $" {Gradients.ClipNorm(9, [dW, dU]).TotalNorm} {Gradients.ClipValue(9, [dW, dW]).TotalNorm}";
                }
            }
        }
        """;

    private const string Expected = "5 13 157 13 5 5 13 13 5 0 5 5 2 5 12 13 13 157 12.649110640673518 7 4 85 5 13 7 13 5 sequence[0]";

    public static TheoryData<string> Versions => [.. new[] { "7.3", "8", "9", "10", "11", "12", "13", "14" }.Where(IsKnown)];

    [Theory]
    [MemberData(nameof(Versions))]
    public void The_usual_calls_compile_and_run(string version) => Assert.Equal(Expected, Run(version, Calls));

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_collection_expression_is_a_list_of_gradients(string version)
    {
        if (Parse(version) >= LanguageVersion.CSharp12)
            Assert.Equal("3 5 5 3", Run(version, CollectionExpressions));
    }

    [Theory]
    [InlineData("Gradients.ClipNorm(dW, 1.0)", "CS1503")]
    [InlineData("Gradients.ClipNorm(1.0, dW, 2.0)", "CS1503")]
    [InlineData("Gradients.ClipNorm(1.0, new object())", "CS1503")]
    [InlineData("Gradients.ClipNorm(1.0, new System.ReadOnlySpan<float>(dW))", "CS1503")]
    [InlineData("Gradients.ClipNorm(1.0)", "CS1501")]
    [InlineData("Gradients.Norm(1.0)", "CS1503")]
    public void A_call_without_gradients_does_not_compile(string call, string expected)
    {
        CSharpCompilation compilation = Compile(
            LanguageVersion.Latest.MapSpecifiedToEffectiveVersion().ToDisplayString(),
            $"using ClipGen; public static class P {{ public static object Run(float[] dW) => {call}; }}");

        Assert.Contains(compilation.GetDiagnostics(TestContext.Current.CancellationToken), diagnostic => diagnostic.Id == expected);
    }

    private static string Run(string version, string source)
    {
        CSharpCompilation compilation = Compile(version, source);
        Assert.Empty(
            compilation.GetDiagnostics(TestContext.Current.CancellationToken)
                .Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));
        MethodInfo run = GeneratorHarness.Load(compilation).GetType("Calls.Program")!.GetMethod("Run")!;
        return (string)run.Invoke(null, null)!;
    }

    private static CSharpCompilation Compile(string version, string source)
    {
        LanguageVersion language = Parse(version);
        return CSharpCompilation.Create(
            "Calls",
            [
                CSharpSyntaxTree.ParseText(
                    source, new CSharpParseOptions(language), cancellationToken: TestContext.Current.CancellationToken),
            ],
            GeneratorHarness.References,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                nullableContextOptions: language >= LanguageVersion.CSharp8
                    ? NullableContextOptions.Enable
                    : NullableContextOptions.Disable));
    }

    private static LanguageVersion Parse(string version) =>
        LanguageVersionFacts.TryParse(version, out LanguageVersion parsed) ? parsed : throw new ArgumentException(version, nameof(version));

    private static bool IsKnown(string version) => LanguageVersionFacts.TryParse(version, out _);
}

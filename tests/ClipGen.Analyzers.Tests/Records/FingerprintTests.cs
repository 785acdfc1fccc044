using System.Runtime.Loader;
using ClipGen.Analyzers.Records;
using ClipGen.Generator;
using ClipGen.Generator.Reading;
using ClipGen.Generator.Tests.Fuzzing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using RuntimeFingerprint = ClipGen.Torch.Observing.ModuleFingerprint;

namespace ClipGen.Analyzers.Tests.Records;

/// <summary>
/// The fingerprint in a record equals the one that the analyzers compute from the source, for random models and modules.
/// <c>CLIPGEN_FUZZ_MODELS</c> sets their number, and <c>CLIPGEN_FUZZ_SEED</c> the first seed.
/// </summary>
public sealed class FingerprintTests
{
    private const int ProgramsPerCompilation = 50;

    [Fact]
    public void Random_models_carry_the_fingerprint_that_the_analyzers_compute()
    {
        int compared = 0;
        var all = new HashSet<string>();
        foreach (int[] seeds in Enumerable.Range(FuzzSetting.FirstSeed, FuzzSetting.ModelCount(300)).Chunk(ProgramsPerCompilation))
        {
            CSharpCompilation written = AnalyzerHarness.Compile(
                seeds.Select(SourceOf).Prepend(ProgramWriter.Prelude).Append(ProgramWriter.ExternalGradientSources)
                    .Select((source, index) => ($"Program{index}.cs", source)),
                [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen]);
            CSharpGeneratorDriver.Create(
                    [new ClipGenerator().AsSourceGenerator()], parseOptions: (CSharpParseOptions)written.SyntaxTrees[0].Options)
                .RunGeneratorsAndUpdateCompilation(written, out Compilation compilation, out _, TestContext.Current.CancellationToken);
            var index = GradientSourceIndex.Of(compilation);
            foreach ((INamedTypeSymbol model, string fingerprint) in Emitted(compilation))
            {
                string computed = GradientFingerprint.Of(model, index, TestContext.Current.CancellationToken);
                Assert.True(fingerprint == computed, $"{model}: the recorder writes {fingerprint}, the analyzers compute {computed}.");
                all.Add(fingerprint);
                compared++;
            }
        }

        // Different models have different fingerprints.
        Assert.InRange(all.Count, compared / 2, compared);
        Assert.NotEmpty(all);
    }

    [Fact]
    public void Random_modules_have_the_fingerprint_that_the_analyzers_compute()
    {
        int compared = 0;
        var all = new HashSet<string>();
        foreach (int[] seeds in Enumerable.Range(FuzzSetting.FirstSeed, FuzzSetting.ModelCount(200)).Chunk(ProgramsPerCompilation))
        {
            CSharpCompilation compilation = AnalyzerHarness.Compile(
                seeds.Select(seed => ($"Program{seed}.cs", new ModuleDrawer(seed).Draw())),
                [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen, AnalyzerHarness.RealTorchSharp]);
            using var image = new MemoryStream();
            AnalyzerHarness.AssertCompiles(compilation);
            Assert.True(compilation.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
            image.Position = 0;
            var context = new AssemblyLoadContext($"Modules{seeds[0]}", isCollectible: true);
            foreach (Type module in context.LoadFromStream(image).GetTypes()
                .Where(type => typeof(TorchSharp.torch.nn.Module).IsAssignableFrom(type)))
            {
                INamedTypeSymbol symbol = compilation.Assembly.GetTypeByMetadataName(module.FullName!)!;
                string recorded = RuntimeFingerprint.Of(module);
                string computed = ModuleFingerprint.Of(symbol);
                Assert.True(recorded == computed, $"{module}: the recorder writes {recorded}, the analyzers compute {computed}.\n"
                    + symbol.DeclaringSyntaxReferences[0].SyntaxTree);
                all.Add(recorded);
                compared++;
            }

            context.Unload();
        }

        Assert.InRange(all.Count, compared / 2, compared);
        Assert.NotEmpty(all);
    }

    [Theory]
    [InlineData("Linear _a = null!;", "Linear _b = null!;")]
    [InlineData("Linear _a = null!;", "Conv2d _a = null!;")]
    [InlineData("ModuleList<Linear> _a = null!;", "ModuleList<Conv2d> _a = null!;")]
    [InlineData("Linear _a = null!;", "Linear _a = null!; Parameter _b = null!;")]
    [InlineData("Part _a = null!;", "Part _a = null!; sealed class Unused { }", true)]
    [InlineData("Linear _a = null!; Linear _b = null!;", "Linear _b = null!; Linear _a = null!;", true)]
    [InlineData("Linear _a = null!;", "Linear _a = null!; int _width; Tensor _mask = null!; static Linear _shared = null!;", true)]
    public void It_changes_with_modules_and_parameters_and_with_nothing_else(string one, string other, bool isSame = false)
    {
        string Of(string fields)
        {
            CSharpCompilation compilation = AnalyzerHarness.Compile(
                $$"""
                using TorchSharp.Modules;
                using static TorchSharp.torch;
                class Part : nn.Module { Linear _inner = null!; public Part() : base("part") { } }
                class Net : nn.Module { {{fields}} public Net() : base("net") { } }
                """,
                [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen, AnalyzerHarness.RealTorchSharp]);
            return ModuleFingerprint.Of(compilation.GetTypeByMetadataName("Net")!);
        }

        Assert.Equal(isSame, Of(one) == Of(other));
    }

    private static string SourceOf(int seed)
    {
        ProgramDeclaration program = ProgramDrawer.Draw(seed);
        program = program with { Types = [.. program.Types.Select(type => type with { InLibrary = false })] };
        string layers = program.HasLayerInterface
            ? $"\nnamespace {program.Namespace} {{ public interface ILayer : ClipGen.IGradientSource {{ }} }}\n"
            : "";
        return ProgramWriter.Write(program, library: false) + layers;
    }

    // Generated code declares the fingerprints in a struct inside the model.
    private static IEnumerable<(INamedTypeSymbol Model, string Fingerprint)> Emitted(Compilation compilation) =>
        from tree in compilation.SyntaxTrees
        from property in tree.GetRoot(TestContext.Current.CancellationToken).DescendantNodes().OfType<PropertyDeclarationSyntax>()
        where property is
        {
            Identifier.ValueText: "GradientFingerprint",
            ExpressionBody.Expression: LiteralExpressionSyntax,
            Parent.Parent: TypeDeclarationSyntax
        }
        let model = compilation.GetSemanticModel(tree).GetDeclaredSymbol((TypeDeclarationSyntax)property.Parent!.Parent!)
        select (model, ((LiteralExpressionSyntax)property.ExpressionBody!.Expression).Token.ValueText);
}

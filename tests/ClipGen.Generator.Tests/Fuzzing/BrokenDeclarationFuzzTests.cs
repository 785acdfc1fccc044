using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Generator.Tests.Fuzzing;

/// <summary>
/// Declarations as they are while somebody types: random programs with tokens missing, doubled or replaced. The generator must not throw, must report
/// nothing, and whatever it writes must compile: an error in a generated file is one that nobody can repair.
/// </summary>
public sealed class BrokenDeclarationFuzzTests(ITestOutputHelper output)
{
    private const int Count = 250;

    private static readonly string[] Replacements =
    [
        "0", "-1", "double.NaN", "\"\"", "null", "string", "int[]", "float", "object", "Missing", "static", "abstract", "class", "struct", "interface", "ref",
        "(", ")", "{", "}", "<", ">", "[", "]", ";", ",", ":", "?", "=", "=>", "partial", "Gradient", "ClipIgnore", "Group", "VisitGradients",
        "VisitAllGradients", "ClipGradients", "GradientNames", "ClipGenSource", "ClipGenLimits", "GetGradientNorms", "IGradientSource", "float*", "Span<float>",
    ];

    [Fact]
    public void Broken_declarations_neither_throw_nor_leave_errors_in_generated_files()
    {
        int first = FuzzSetting.Of("CLIPGEN_FUZZ_SEED", 1);
        int count = FuzzSetting.Of("CLIPGEN_FUZZ_MODELS", Count);
        var failures = new List<string>();
        int written = 0;
        for (int seed = first; seed < first + count; seed++)
        {
            (string? failure, string source, int files) = Try(seed);
            written += files;
            if (failure is not null)
            {
                failures.Add($"Seed {seed} (CLIPGEN_FUZZ_SEED={seed} CLIPGEN_FUZZ_MODELS=1): {failure}\n{source}");
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} broken programs from seed {first}, {written} files written, {failures.Count} failed"));
        Assert.True(failures.Count == 0, $"{failures.Count} failed.\n" + string.Join("\n\n", failures.Take(40)));
        Assert.True(count < Count || written > 0, "Nothing was generated for any program: nothing was tested.");
    }

    private static (string? Failure, string Source, int Files) Try(int seed)
    {
        var random = new Random(seed);
        ProgramDeclaration program = ProgramDrawer.Draw(seed);
        program = program with { Types = [.. program.Types.Select(type => type with { InLibrary = false })] };
        string layers = program.HasLayerInterface ? $"namespace {program.Namespace} {{ public interface ILayer : ClipGen.IGradientSource {{ }} }}\n" : "";
        string source = ProgramWriter.Write(program, library: false) + layers;
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            source = Break(source, random);
        }

        CSharpCompilation compilation = GeneratorHarness.Compile(source, ProgramWriter.Prelude);
        GeneratorDriver driver = CSharpGeneratorDriver.Create([new ClipGenerator().AsSourceGenerator()], parseOptions: GeneratorHarness.ParseOptions);
        driver = driver.RunGeneratorsAndUpdateCompilation(
            compilation, out Compilation generated, out ImmutableArray<Diagnostic> reported, TestContext.Current.CancellationToken);
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        string? failure = result.Exception?.ToString() ?? reported.FirstOrDefault()?.ToString();
        Diagnostic? error = failure is null
            ? generated.GetDiagnostics(TestContext.Current.CancellationToken).FirstOrDefault(
                diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && diagnostic.Location.SourceTree is { } tree && !compilation.ContainsSyntaxTree(tree))
            : null;
        if (error is not null)
        {
            string line = error.Location.SourceTree!.GetText(TestContext.Current.CancellationToken).Lines[error.Location.GetLineSpan().StartLinePosition.Line].ToString();
            failure = $"{error}\n    {line.Trim()}";
        }

        return (failure, source, result.GeneratedSources.Length);
    }

    // A token is dropped, doubled, exchanged with another, or replaced by one that means something here.
    private static string Break(string source, Random random)
    {
        SyntaxToken[] tokens = [.. CSharpSyntaxTree.ParseText(source).GetRoot().DescendantTokens().Where(token => token.Span.Length > 0)];
        int start = Array.FindIndex(tokens, token => token.ValueText == "namespace");
        SyntaxToken token = tokens[random.Next(start + 3, tokens.Length)];
        string replacement = random.Next(6) switch
        {
            0 or 1 => "",
            2 => token.Text + " " + token.Text,
            3 => tokens[random.Next(start + 3, tokens.Length)].Text,
            _ => Replacements[random.Next(Replacements.Length)],
        };
        return source[..token.SpanStart] + replacement + source[token.Span.End..];
    }
}

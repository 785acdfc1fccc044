using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Generator.Tests.Fuzzing;

/// <summary>
/// Random programs with tokens that are missing, duplicated or replaced, as in an editor. The generator must not throw and must report
/// nothing. For a program that the compiler can parse, the generated code must compile, because a user cannot repair an error in a
/// generated file. In a program that cannot be parsed, the meaning of a declaration is a guess of the compiler, so the generated code may
/// have errors.
/// </summary>
public sealed class BrokenDeclarationFuzzTests(ITestOutputHelper output)
{
    private const int Count = 400;

    private static readonly string[] Replacements =
    [
        "0", "-1", "double.NaN", "\"\"", "null", "string", "int[]", "float", "object", "Missing", "static", "abstract", "class", "struct",
        "interface", "ref",
        "(", ")", "{", "}", "<", ">", "[", "]", ";", ",", ":", "?", "=", "=>", "partial", "Gradient", "ClipIgnore", "Group",
        "VisitGradients",
        "VisitAllGradients", "ClipGradients", "GetGradientNames", "ClipGenSource", "ClipGenLimits", "GetGradientNorms", "IGradientSource",
        "float*", "Span<float>",
        "Obsolete(\"\", true)", "Experimental(\"X1\")", "dynamic", "var", "file", "required", "scoped", "extension", "record", "@event",
    ];

    private static readonly string[] ReservedNames =
    [
        "VisitGradients", "VisitAllGradients", "VisitOwnGradients", "ClipGradients", "GetGradientNames", "ClipGenSource", "ClipGenLimits",
        "GetGradientNorms", "GradientNorm", "ScaleGradients", "ZeroGradients", "TVisitor", "Object", "Missing",
        "ClipGenGroup0", "System", "ClipGen", "GetType", "@var", "@file", "t0",
    ];

    private static readonly string[] BadValues = ["0", "-1", "double.NaN", "null", "\"\"", "5e400", "(double)(object)1"];

    private static readonly string[] BadTypes = ["int", "string", "object", "Missing", "List<float>", "float[]", "T"];

    [Fact]
    public void Broken_declarations_neither_throw_nor_leave_errors_in_generated_files()
    {
        int first = FuzzSetting.FirstSeed;
        int count = FuzzSetting.ModelCount(Count);
        var failures = new List<string>();
        int written = 0;
        int parsed = 0;
        for (int seed = first; seed < first + count; seed++)
        {
            (string? failure, string source, bool parses, int files) = Try(seed);
            written += files;
            parsed += parses ? 1 : 0;
            if (failure is not null)
            {
                failures.Add($"Seed {seed} (CLIPGEN_FUZZ_SEED={seed} CLIPGEN_FUZZ_MODELS=1): {failure}\n{source}");
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{count} broken programs from seed {first}, {parsed} of them parse, {written} files written, {failures.Count} failed"));
        Assert.True(failures.Count == 0, $"{failures.Count} failed.\n" + string.Join("\n\n", failures.Take(8)));
        Assert.True(count < Count || written > 0, "Nothing was generated for any program: nothing was tested.");
    }

    private static (string? Failure, string Source, bool Parses, int Files) Try(int seed)
    {
        var random = new Random(seed);
        ProgramDeclaration program = ProgramDrawer.Draw(seed);
        program = program with { Types = [.. program.Types.Select(type => type with { InLibrary = false })] };
        string layers = program.HasLayerInterface
            ? $"namespace {program.Namespace} {{ public interface ILayer : ClipGen.IGradientSource {{ }} }}\n"
            : "";
        string source = ProgramWriter.Write(program, library: false) + layers;
        for (int i = random.Next(1, 3); i > 0; i--)
        {
            source = Break(source, random);
        }

        CSharpCompilation compilation = GeneratorHarness.Compile(source, ProgramWriter.Prelude);
        GeneratorDriver driver =
            CSharpGeneratorDriver.Create([new ClipGenerator().AsSourceGenerator()], parseOptions: GeneratorHarness.ParseOptions);
        driver = driver.RunGeneratorsAndUpdateCompilation(
            compilation, out Compilation generated, out ImmutableArray<Diagnostic> reported, TestContext.Current.CancellationToken);
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        bool parses = !compilation.SyntaxTrees[0].GetDiagnostics(TestContext.Current.CancellationToken)
            .Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        string? failure = result.Exception?.ToString() ?? reported.FirstOrDefault()?.ToString();
        Diagnostic? error = failure is null && parses
            ? result.GeneratedSources
                .SelectMany(file =>
                    generated.GetSemanticModel(file.SyntaxTree).GetDiagnostics(cancellationToken: TestContext.Current.CancellationToken))
                .FirstOrDefault(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            : null;
        if (error is not null)
        {
            string line = error.Location.SourceTree!.GetText(
                TestContext.Current.CancellationToken).Lines[error.Location.GetLineSpan().StartLinePosition.Line].ToString();
            failure = $"{error}\n    {line.Trim()}";
        }

        return (failure, source, parses, result.GeneratedSources.Length);
    }

    // Removes, duplicates or exchanges a token, or replaces it by one that has a meaning here.
    private static string Break(string source, Random random)
    {
        SyntaxToken[] tokens = [.. CSharpSyntaxTree.ParseText(source).GetRoot().DescendantTokens().Where(token => token.Span.Length > 0)];
        int start = Array.FindIndex(tokens, token => token.ValueText == "namespace");
        SyntaxToken token = tokens[random.Next(start + 3, tokens.Length)];
        if (random.Next(3) > 0)
        {
            return BreakMeaning(source, tokens[(start + 3)..], random);
        }

        string replacement = random.Next(6) switch
        {
            0 or 1 => "",
            2 => token.Text + " " + token.Text,
            3 => tokens[random.Next(start + 3, tokens.Length)].Text,
            _ => Replacements[random.Next(Replacements.Length)],
        };
        return source[..token.SpanStart] + replacement + source[token.Span.End..];
    }

    // Removes a modifier, or changes a name, a type or a number. The compiler can still parse most of these programs.
    private static string BreakMeaning(string source, SyntaxToken[] tokens, Random random)
    {
        SyntaxToken[] modifiers =
            [.. tokens.Where(token =>
                token.ValueText is "partial" or "sealed" or "readonly" or "required" or "public" or "private" or "internal")];
        SyntaxToken[] names = [.. tokens.Where(token => token.IsKind(SyntaxKind.IdentifierToken))];
        SyntaxToken[] values =
            [.. tokens.Where(token => token.IsKind(SyntaxKind.NumericLiteralToken) || token.IsKind(SyntaxKind.StringLiteralToken))];
        SyntaxToken[] types = [.. tokens.Where(token => token.ValueText is "float" or "double" or "Half")];
        string[] otherNames = [.. names.Select(name => name.Text)];
        (SyntaxToken[] chosen, string[] replacements) = random.Next(5) switch
        {
            0 => (modifiers, new[] { "" }),
            1 when values.Length > 0 => (values, BadValues),
            2 when types.Length > 0 => (types, BadTypes),
            3 => (names, ReservedNames),
            _ => (names, otherNames),
        };
        SyntaxToken token = chosen[random.Next(chosen.Length)];
        return source[..token.SpanStart] + replacements[random.Next(replacements.Length)] + source[token.Span.End..];
    }
}

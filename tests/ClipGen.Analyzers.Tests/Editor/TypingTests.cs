using System.Collections.Immutable;
using ClipGen.Analyzers.Declarations;
using ClipGen.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.Analyzers.Tests.Editor;

/// <summary>
/// Files of the samples are typed and deleted again in one compiler session. The generator and the analyzers never throw, and the generated
/// code always equals that of a new session.
/// </summary>
public sealed class TypingTests
{
    /// <summary>The number of edits between two comparisons with a new session.</summary>
    private const int ComparisonDistance = 191;

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp12);

    private static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers =
    [
        .. typeof(DeclarationAnalyzer).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(DiagnosticAnalyzer)) && !type.IsAbstract)
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    /// <param name="file">The file that is typed.</param>
    /// <param name="others">The folder with the other files of the program.</param>
    /// <param name="piece">The number of characters that one edit types. An editor inserts several when it completes a name.</param>
    /// <param name="analyzerDistance">The number of edits between two runs of the analyzers, which take longer than the generator.</param>
    [Theory]
    [InlineData("Typed/TwoLayers.cs", null, 1, 3)]
    [InlineData("README.md", null, 1, 2)]
    [InlineData("TemporalOrder/ElmanRnn.cs", "TemporalOrder/", 17, 29)]
    [InlineData("TorchCharLstm/CharLstm.cs", "TorchCharLstm/", 1, 29)]
    [InlineData("TorchCharLstm/Trainer.cs", "TorchCharLstm/", 1, 5)]
    public async Task Typing_a_file_and_deleting_it_never_throws_and_what_is_generated_follows(
        string file, string? others, int piece, int analyzerDistance)
    {
        string text = Embedded(file);
        var session = new Session(others is null ? [] : [.. EmbeddedNames(others).Where(name => name != file).Select(Embedded)]);
        int edits = 0;
        for (int length = 0; length < text.Length; length += piece)
        {
            session.Edit(new TextChange(new TextSpan(length, 0), text.Substring(length, Math.Min(piece, text.Length - length))));
            await CheckAsync(session, edits++, analyzerDistance);
        }

        Assert.NotEmpty(session.Generated());
        Assert.Equal(session.GeneratedAfresh(), session.Generated());

        // Deletion passes the same texts again: larger edits and fewer checks are enough.
        int deleted = piece * 3;
        for (int length = text.Length; length > 0; length -= deleted)
        {
            int start = Math.Max(0, length - deleted);
            session.Edit(new TextChange(TextSpan.FromBounds(start, length), ""));
            await CheckAsync(session, edits++, analyzerDistance * 3);
        }

        Assert.Equal(session.GeneratedAfresh(), session.Generated());
    }

    private static async Task CheckAsync(Session session, int edit, int analyzerDistance)
    {
        if (edit % analyzerDistance == 0)
        {
            await session.AnalyzeAsync();
        }

        if (edit % ComparisonDistance == 0)
        {
            Assert.Equal(session.GeneratedAfresh(), session.Generated());
        }
    }

    private static IEnumerable<string> EmbeddedNames(string start) =>
        typeof(TypingTests).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(start, StringComparison.Ordinal));

    private static string Embedded(string name)
    {
        using var reader = new StreamReader(typeof(TypingTests).Assembly.GetManifestResourceStream(name)!);
        string text = reader.ReadToEnd();
        return name.EndsWith(".md", StringComparison.Ordinal) ? FirstExample(text) : text;
    }

    /// <summary>The first block of C# on a page.</summary>
    private static string FirstExample(string page)
    {
        string example = page[(page.IndexOf("```csharp\n", StringComparison.Ordinal) + "```csharp\n".Length)..];
        return example[..example.IndexOf("```", StringComparison.Ordinal)];
    }

    /// <summary>A compiler session that is kept between edits, as in an editor.</summary>
    private sealed class Session
    {
        private SyntaxTree _tree = CSharpSyntaxTree.ParseText("", ParseOptions, "Typed.cs");
        private CSharpCompilation _compilation;
        private GeneratorDriver _driver =
            CSharpGeneratorDriver.Create([new ClipGenerator().AsSourceGenerator()], parseOptions: ParseOptions);
        private Compilation _generated;

        public Session(IEnumerable<string> others)
        {
            string usings = """
                global using System;
                global using System.Collections.Generic;
                global using System.IO;
                global using System.Linq;
                global using System.Threading;
                global using System.Threading.Tasks;
                """;
            _compilation = CSharpCompilation.Create(
                "Typed",
                [_tree, .. others.Append(usings)
                    .Select((other, index) => CSharpSyntaxTree.ParseText(other, ParseOptions, $"Other{index}.cs"))],
                [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen, AnalyzerHarness.RealTorchSharp, AnalyzerHarness.ClipGenTorchSharp],
                new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
            _generated = _compilation;
        }

        public void Edit(TextChange change)
        {
            SyntaxTree edited = _tree.WithChangedText(_tree.GetText().WithChanges(change));
            _compilation = _compilation.ReplaceSyntaxTree(_tree, edited);
            _tree = edited;
            _driver = _driver.RunGeneratorsAndUpdateCompilation(_compilation, out _generated, out ImmutableArray<Diagnostic> reported,
                TestContext.Current.CancellationToken);
            Assert.True(reported.IsEmpty && _driver.GetRunResult().Results.Single().Exception is null,
                $"After '{_tree}': {string.Join("\n", reported)}");
        }

        public IReadOnlyList<string> Generated() => Texts(_driver);

        public IReadOnlyList<string> GeneratedAfresh() => Texts(CSharpGeneratorDriver
            .Create([new ClipGenerator().AsSourceGenerator()], parseOptions: ParseOptions)
            .RunGenerators(
                _compilation.ReplaceSyntaxTree(_tree, CSharpSyntaxTree.ParseText(_tree.ToString(), ParseOptions, _tree.FilePath)),
                TestContext.Current.CancellationToken));

        /// <summary>Runs the analyzers on the typed file, as an editor does for an open file.</summary>
        public async Task AnalyzeAsync()
        {
            var options = new CompilationWithAnalyzersOptions(
                new AnalyzerOptions([]),
                onAnalyzerException: (exception, analyzer, _) =>
                    throw new InvalidOperationException($"{analyzer} threw after '{_tree}'", exception),
                concurrentAnalysis: false,
                logAnalyzerExecutionTime: false);
            SemanticModel model = _generated.GetSemanticModel(_tree);
            ImmutableArray<Diagnostic> reported = await _generated.WithAnalyzers(Analyzers, options)
                .GetAnalyzerSemanticDiagnosticsAsync(model, null, TestContext.Current.CancellationToken);
            Assert.DoesNotContain(reported, diagnostic => diagnostic.Id == "AD0001");
        }

        private static IReadOnlyList<string> Texts(GeneratorDriver driver) =>
            [.. driver.GetRunResult().Results.Single().GeneratedSources.Select(source => source.HintName + "\n" + source.SourceText)];
    }
}

using System.Collections.Immutable;
using System.Text;
using ClipGen.Analyzers.Tests.TrainingLoops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.Analyzers.Tests;

/// <summary>Runs analyzers over sources whose expected diagnostics are marked: <c>{|CLIP101:optimizer.step()|}</c>.</summary>
internal static class AnalyzerHarness
{
    private const string GlobalUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);

    /// <summary>The runtime library.</summary>
    public static readonly MetadataReference ClipGen = MetadataReference.CreateFromFile(typeof(ClipGradNormAttribute).Assembly.Location);

    public static readonly MetadataReference ClipGenTorchSharp = MetadataReference.CreateFromFile(typeof(TorchGradients).Assembly.Location);

    /// <summary>TorchSharp's published managed assembly.</summary>
    public static readonly MetadataReference RealTorchSharp =
        MetadataReference.CreateFromFile(Path.Combine(AppContext.BaseDirectory, "references", "TorchSharp.dll"));

    public static readonly MetadataReference TorchSharp = CompileReference("TorchSharp", [TorchSharpStub.Source]);

    public static readonly ImmutableArray<MetadataReference> Framework = [.. Basic.Reference.Assemblies.Net100.References.All];

    private static readonly SyntaxTree GlobalUsingsTree = CSharpSyntaxTree.ParseText(GlobalUsings, ParseOptions, "GlobalUsings.cs");

    public static CSharpCompilation Compile(string source, IEnumerable<MetadataReference> references) =>
        Compile([("Test0.cs", source)], references);

    public static CSharpCompilation Compile(IEnumerable<(string Path, string Source)> sources, IEnumerable<MetadataReference> references)
    {
        SyntaxTree[] trees = [.. sources.Select(source => CSharpSyntaxTree.ParseText(source.Source, ParseOptions, source.Path))];
        bool isProgram = trees.Any(tree => tree.GetRoot() is CompilationUnitSyntax unit && unit.Members.Any(SyntaxKind.GlobalStatement));
        return CSharpCompilation.Create(
            "Test",
            [.. trees, GlobalUsingsTree],
            references,
            new CSharpCompilationOptions(
                isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
                allowUnsafe: true,
                nullableContextOptions: NullableContextOptions.Enable));
    }

    /// <summary>Asserts that the source of a test compiles. In a program with errors, a missing diagnostic proves nothing.</summary>
    public static void AssertCompiles(Compilation compilation)
    {
        Diagnostic[] errors = [.. compilation.GetDiagnostics(TestContext.Current.CancellationToken)
            .Where(error => error.Severity == DiagnosticSeverity.Error)];
        Assert.True(errors.Length == 0,
            "The test's source does not compile:\n" + string.Join("\n", errors.Select(error => error.ToString())));
    }

    /// <summary>Returns the diagnostics of the analyzers. An exception in an analyzer is the diagnostic AD0001.</summary>
    public static async Task<ImmutableArray<Diagnostic>> AnalyzeAsync(
        Compilation compilation, ImmutableArray<DiagnosticAnalyzer> analyzers, IReadOnlyDictionary<string, string>? options = null,
        params AdditionalText[] files)
    {
        var analyzerOptions = new AnalyzerOptions([.. files], new FixedOptions(options ?? ImmutableDictionary<string, string>.Empty));
        CompilationWithAnalyzers run = compilation.WithAnalyzers(
            analyzers, new CompilationWithAnalyzersOptions(analyzerOptions, null, concurrentAnalysis: true,
                logAnalyzerExecutionTime: false));
        return await run.GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Verifies one source. It references the stub of TorchSharp unless other references are given.</summary>
    public static Task VerifyAsync(
        string markedSource,
        ImmutableArray<DiagnosticAnalyzer> analyzers,
        IReadOnlyDictionary<string, string>? options = null,
        IEnumerable<MetadataReference>? references = null) =>
        new RuleVerifier
        {
            Analyzers = analyzers,
            Compile = sources => Compile(sources, references ?? [.. Framework, ClipGen, TorchSharp]),
            Options = options,
        }.VerifyAsync(markedSource);

    /// <summary>Reads the marks of a source, <c>{|ID:code|}</c> or <c>{|ID1,ID2:code|}</c>, and removes them.</summary>
    public static (string Source, List<(string Id, TextSpan Span)> Marks) ReadMarkup(string marked)
    {
        var source = new StringBuilder();
        var marks = new List<(string, TextSpan)>();
        var open = new Stack<(string Id, int Start)>();
        for (int i = 0; i < marked.Length; i++)
        {
            if (marked[i] == '{' && i + 1 < marked.Length && marked[i + 1] == '|')
            {
                int colon = marked.IndexOf(':', i);
                open.Push((marked[(i + 2)..colon], source.Length));
                i = colon;
            }
            else if (marked[i] == '|' && i + 1 < marked.Length && marked[i + 1] == '}' && open.Count > 0)
            {
                (string id, int start) = open.Pop();
                foreach (string one in id.Split(','))
                    marks.Add((one, TextSpan.FromBounds(start, source.Length)));
                i++;
            }
            else
            {
                source.Append(marked[i]);
            }
        }

        return (source.ToString(), marks);
    }

    private static MetadataReference CompileReference(string name, IEnumerable<string> sources)
    {
        var compilation = CSharpCompilation.Create(
            name,
            sources.Select(source => CSharpSyntaxTree.ParseText(source, ParseOptions)),
            Basic.Reference.Assemblies.Net100.References.All,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        Microsoft.CodeAnalysis.Emit.EmitResult result = compilation.Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        return MetadataReference.CreateFromImage(image.ToArray());
    }

    private sealed class FixedOptions(IReadOnlyDictionary<string, string> options) : AnalyzerConfigOptionsProvider
    {
        private readonly Values _values = new(options);

        public override AnalyzerConfigOptions GlobalOptions => _values;

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => _values;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => _values;

        private sealed class Values(IReadOnlyDictionary<string, string> options) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value) =>
                options.TryGetValue(key, out value);
        }
    }
}

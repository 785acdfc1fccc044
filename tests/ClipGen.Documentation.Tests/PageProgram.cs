using System.Collections.Immutable;
using Basic.Reference.Assemblies;
using ClipGen.Analyzers.Declarations;
using ClipGen.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using TorchSharp;

namespace ClipGen.Documentation.Tests;

/// <summary>
/// Compiles the code of a page as a new project would: with implicit usings, nullable reference types, all packages and all rules.
/// </summary>
internal sealed class PageProgram
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly ImmutableArray<DiagnosticAnalyzer> Rules =
    [
        .. typeof(DeclarationAnalyzer).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(DiagnosticAnalyzer)) && !type.IsAbstract)
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    private static readonly ImmutableArray<MetadataReference> Packages =
    [
        .. new[]
        {
            typeof(ClipGradNormAttribute), typeof(System.Numerics.Tensors.Tensor), typeof(torch), typeof(TorchGradients),
            typeof(ClipGen.Mpi.MpiWorld),
            typeof(MathNet.Numerics.LinearAlgebra.Matrix<>),
        }
        .Select(type => MetadataReference.CreateFromFile(type.Assembly.Location)),
    ];

    private readonly CSharpCompilation _compilation;
    private readonly SyntaxTree _page;
    private readonly ImmutableArray<AdditionalText> _records;

    private PageProgram(
        CSharpCompilation compilation, SyntaxTree page, GeneratorDriverRunResult run, IEnumerable<string> records)
    {
        _records = [.. records.Select((text, index) => new Record($"run{index}.clipgen.json", text))];
        _compilation = compilation;
        _page = page;
        Generated = [.. run.GeneratedTrees.Select(tree => tree.ToString())];
    }

    /// <summary>The generated files.</summary>
    public IReadOnlyList<string> Generated { get; }

    public IEnumerable<Diagnostic> Errors =>
        _compilation.GetDiagnostics(TestContext.Current.CancellationToken)
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

    /// <param name="text">The code of the page. The lines of diagnostics are relative to it.</param>
    /// <param name="others">Other code that is compiled with it.</param>
    /// <param name="block">The differences from other programs.</param>
    /// <param name="records">The recorded runs of the project.</param>
    public static PageProgram Compile(string text, IEnumerable<string> others, CodeBlock block, IEnumerable<string> records)
    {
        LanguageVersion version = LanguageVersion.CSharp12;
        if (block["langversion"] is { } wanted)
        {
            Assert.True(LanguageVersionFacts.TryParse(wanted, out version));
        }

        var options = new CSharpParseOptions(version);
        SyntaxTree page = CSharpSyntaxTree.ParseText(text, options, "Page.cs");
        SyntaxTree[] trees = [page, .. others.Select((other, index) => CSharpSyntaxTree.ParseText(other, options, $"Other{index}.cs"))];
        if (version >= LanguageVersion.CSharp10)
        {
            trees = [.. trees, CSharpSyntaxTree.ParseText(ImplicitUsings, options, "ImplicitUsings.cs")];
        }

        bool isProgram = trees.Any(tree => tree.GetRoot() is CompilationUnitSyntax unit && unit.Members.Any(SyntaxKind.GlobalStatement));
        var compilation = CSharpCompilation.Create(
            "Reader",
            trees,
            [.. Net100.References.All,
                .. Packages.Where(package =>
                    block["without"] is not { } missing || !package.Display!.EndsWith(missing + ".dll", StringComparison.Ordinal))],
            new CSharpCompilationOptions(
                isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
                allowUnsafe: true,
                nullableContextOptions: version >= LanguageVersion.CSharp8
                    ? NullableContextOptions.Enable
                    : NullableContextOptions.Disable));
        GeneratorDriver driver = CSharpGeneratorDriver.Create(new ClipGenerator())
            .WithUpdatedParseOptions(options)
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation generated, out _, TestContext.Current.CancellationToken);
        Assert.Null(driver.GetRunResult().Results.Single().Exception);
        return new PageProgram((CSharpCompilation)generated, page, driver.GetRunResult(), records);
    }

    /// <summary>Returns the diagnostics in the code of the page.</summary>
    public async Task<IReadOnlyList<Diagnostic>> ReportedAsync()
    {
        ImmutableArray<Diagnostic> found =
            await _compilation.WithAnalyzers(Rules, new AnalyzerOptions(_records))
                .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(found, diagnostic => diagnostic.Id == "AD0001");
        return [.. found.Where(diagnostic => diagnostic.Location.SourceTree == _page)];
    }

    /// <summary>Returns the line of a diagnostic, counted from 0.</summary>
    public static int LineOf(Diagnostic diagnostic) => diagnostic.Location.GetLineSpan().StartLinePosition.Line;

    private sealed class Record(string path, string text) : AdditionalText
    {
        private readonly SourceText _text = SourceText.From(text);

        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => _text;
    }
}

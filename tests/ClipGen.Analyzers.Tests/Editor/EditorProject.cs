using System.Collections.Immutable;
using System.Reflection;
using ClipGen.Analyzers.Declarations;
using ClipGen.CodeFixes.Declarations;
using ClipGen.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.Analyzers.Tests.Editor;

/// <summary>
/// A workspace with one file that is edited and with other files. The generator, the analyzers and the fixes are loaded as an editor loads
/// them.
/// </summary>
internal sealed class EditorProject : IDisposable
{
    private static readonly CodeFixProvider[] Fixes =
    [
        .. typeof(MakePartialCodeFix).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(CodeFixProvider)))
            .Select(type => (CodeFixProvider)Activator.CreateInstance(type)!),
    ];

    private static readonly AnalyzerReference[] Extensions =
    [
        new AnalyzerFileReference(typeof(ClipGenerator).Assembly.Location, new Loader()),
        new AnalyzerFileReference(typeof(DeclarationAnalyzer).Assembly.Location, new Loader()),
    ];

    private readonly AdhocWorkspace _workspace = new();
    private readonly DocumentId _document;

    public EditorProject(string source, params (string Name, string Text)[] others)
    {
        var project = ProjectInfo.Create(
            ProjectId.CreateNewId(),
            VersionStamp.Create(),
            "Edited",
            "Edited",
            LanguageNames.CSharp,
            compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary,
                nullableContextOptions: NullableContextOptions.Enable),
            parseOptions: new CSharpParseOptions(LanguageVersion.CSharp12),
            metadataReferences: [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen, AnalyzerHarness.TorchSharp],
            analyzerReferences: Extensions);
        ProjectId id = _workspace.AddProject(project).Id;
        _document = _workspace.AddDocument(id, "Edited.cs", SourceText.From(source)).Id;
        foreach ((string name, string text) in others)
            SetFile(name, text);
    }

    public Document Document => _workspace.CurrentSolution.GetDocument(_document)!;

    public async Task<string> TextAsync() => (await Document.GetTextAsync(TestContext.Current.CancellationToken)).ToString();

    /// <summary>Replaces the whole text.</summary>
    public void Replace(string text) => Apply(Document.WithText(SourceText.From(text)).Project.Solution);

    /// <summary>Saves another file of the project, or deletes it. A file that is not a source file becomes an additional file.</summary>
    public void SetFile(string name, string? text)
    {
        Project project = Document.Project;
        TextDocument? known = project.Documents.Concat(project.AdditionalDocuments).FirstOrDefault(document => document.Name == name);
        Solution solution = project.Solution;
        if (known is not null)
            solution = known is Document ? solution.RemoveDocument(known.Id) : solution.RemoveAdditionalDocument(known.Id);
        if (text is not null)
        {
            var id = DocumentId.CreateNewId(project.Id);
            solution = name.EndsWith(".cs", StringComparison.Ordinal)
                ? solution.AddDocument(id, name, text, filePath: name)
                : solution.AddAdditionalDocument(id, name, text, filePath: name);
        }

        Apply(solution);
    }

    public async Task<string> TextOfAsync(string name) =>
        (await Document.Project.Documents.Single(document => document.Name == name).GetTextAsync(TestContext.Current.CancellationToken))
            .ToString();

    public void Apply(Solution solution) => Assert.True(_workspace.TryApplyChanges(solution));

    /// <summary>Returns the generated code for the current text.</summary>
    public async Task<string> GeneratedAsync()
    {
        IEnumerable<SourceGeneratedDocument> documents =
            await Document.Project.GetSourceGeneratedDocumentsAsync(TestContext.Current.CancellationToken);
        SourceText[] texts = await Task.WhenAll(documents.Select(document => document.GetTextAsync(TestContext.Current.CancellationToken)));
        return string.Join("\n", texts.Select(text => text.ToString()));
    }

    public async Task<IReadOnlyList<string>> ErrorsAsync()
    {
        Compilation compilation = (await Document.Project.GetCompilationAsync(TestContext.Current.CancellationToken))!;
        return
        [
            .. compilation.GetDiagnostics(TestContext.Current.CancellationToken)
                .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
                .Select(diagnostic => diagnostic.ToString()),
        ];
    }

    /// <summary>Returns the diagnostics in the file.</summary>
    public async Task<ImmutableArray<Diagnostic>> UnderlinedAsync()
    {
        SyntaxTree tree = (await Document.GetSyntaxTreeAsync(TestContext.Current.CancellationToken))!;
        return [.. (await ListedAsync()).Where(diagnostic => diagnostic.Location.SourceTree == tree)];
    }

    /// <summary>Returns the diagnostics that an editor computes for the open file alone.</summary>
    public async Task<ImmutableArray<Diagnostic>> UnderlinedAloneAsync()
    {
        SemanticModel model = (await Document.GetSemanticModelAsync(TestContext.Current.CancellationToken))!;
        return await Analyzed(model.Compilation).GetAnalyzerSemanticDiagnosticsAsync(model, null, TestContext.Current.CancellationToken);
    }

    /// <summary>Returns the diagnostics of the project.</summary>
    public async Task<ImmutableArray<Diagnostic>> ListedAsync()
    {
        Compilation compilation = (await Document.Project.GetCompilationAsync(TestContext.Current.CancellationToken))!;
        ImmutableArray<Diagnostic> found = await Analyzed(compilation).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(found, diagnostic => diagnostic.Id == "AD0001");
        return found;
    }

    /// <summary>Returns the fixes for the diagnostics at the caret.</summary>
    public async Task<IReadOnlyList<CodeAction>> OfferedAtAsync(int caret)
    {
        var offered = new List<CodeAction>();
        foreach (Diagnostic diagnostic in (await UnderlinedAsync()).Where(
            diagnostic => diagnostic.Location.SourceSpan.IntersectsWith(caret)))
        {
            offered.AddRange(await OfferedForAsync(diagnostic));
        }
        return offered;
    }

    /// <summary>Returns the actions for a diagnostic from the fixes of its rule, or from all other fixes.</summary>
    public async Task<IReadOnlyList<CodeAction>> OfferedForAsync(Diagnostic diagnostic, bool byFixesOfOtherRules = false)
    {
        var offered = new List<CodeAction>();
        foreach (CodeFixProvider fix in Fixes.Where(fix => fix.FixableDiagnosticIds.Contains(diagnostic.Id) != byFixesOfOtherRules))
        {
            var context = new CodeFixContext(
                Document, diagnostic.Location.SourceSpan, [diagnostic], (action, _) => offered.Add(action),
                TestContext.Current.CancellationToken);
            await fix.RegisterCodeFixesAsync(context);
        }

        return offered;
    }

    /// <summary>Applies FixAll for one rule in the project.</summary>
    public async Task FixAllAsync(string id, string? key)
    {
        CodeFixProvider fix = Fixes.Single(fix => fix.FixableDiagnosticIds.Contains(id));
        ImmutableArray<Diagnostic> found = [.. (await UnderlinedAsync()).Where(diagnostic => diagnostic.Id == id)];
        var context = new FixAllContext(
            Document, fix, FixAllScope.Project, key!, [id], new Found(found), TestContext.Current.CancellationToken);
        CodeAction? action = await fix.GetFixAllProvider()!.GetFixAsync(context);
        await ApplyAsync(action!);
    }

    public async Task ApplyAsync(CodeAction action)
    {
        ImmutableArray<CodeActionOperation> operations = await action.GetOperationsAsync(TestContext.Current.CancellationToken);
        Apply(Assert.Single(operations.OfType<ApplyChangesOperation>()).ChangedSolution);
    }

    public void Dispose() => _workspace.Dispose();

    private CompilationWithAnalyzers Analyzed(Compilation compilation) => compilation.WithAnalyzers(
        [.. Extensions.SelectMany(extension => extension.GetAnalyzers(LanguageNames.CSharp))], Document.Project.AnalyzerOptions);

    /// <summary>The diagnostics of the edited document.</summary>
    private sealed class Found(ImmutableArray<Diagnostic> found) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>(found);

        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>(found);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>([]);
    }

    /// <summary>Loads the analyzer assemblies, which this process has already loaded.</summary>
    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
        }

        public Assembly LoadFromPath(string fullPath) => Assembly.LoadFrom(fullPath);
    }
}

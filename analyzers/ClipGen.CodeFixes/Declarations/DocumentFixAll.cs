using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace ClipGen.CodeFixes.Declarations;

/// <summary>
/// Fixes the diagnostics of one document. It receives the attributes of the assembly that were added to earlier documents.
/// </summary>
/// <param name="context">The fix of all.</param>
/// <param name="document">The document.</param>
/// <param name="diagnostics">Its diagnostics.</param>
/// <param name="written">The attributes that were added to the assembly so far. The fix adds its own.</param>
/// <param name="cancellation">Cancels the fix.</param>
/// <returns>The fixed document.</returns>
internal delegate Task<Document> DocumentFix(
    FixAllContext context, Document document, ImmutableArray<Diagnostic> diagnostics, HashSet<string> written,
        CancellationToken cancellation);

/// <summary>Applies a fix to the documents in turn, so that an attribute of the assembly is added once and not once per file.</summary>
/// <param name="fix">The fix.</param>
internal sealed class DocumentFixAll(DocumentFix fix) : FixAllProvider
{
    /// <inheritdoc/>
    public override IEnumerable<FixAllScope> GetSupportedFixAllScopes() =>
        [FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution];

    /// <inheritdoc/>
    public override Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext) => Task.FromResult<CodeAction?>(
        CodeAction.Create(
            "Fix all",
            cancellation => FixAsync(fixAllContext.WithCancellationToken(cancellation)),
            fixAllContext.CodeActionEquivalenceKey));

    private async Task<Solution> FixAsync(FixAllContext context)
    {
        Solution solution = context.Solution;
        IEnumerable<Project> projects = context.Scope == FixAllScope.Solution
            ? context.Solution.Projects.Where(project => project.Language == LanguageNames.CSharp)
            : [context.Project];
        foreach (Project project in projects)
        {
            var written = new HashSet<string>(StringComparer.Ordinal);
            foreach ((Document document, ImmutableArray<Diagnostic> diagnostics) in await FindAsync(context, project).ConfigureAwait(false))
            {
                Document changed = await fix(context, document, diagnostics, written, context.CancellationToken).ConfigureAwait(false);
                solution = solution.WithDocumentText(
                    document.Id, await changed.GetTextAsync(context.CancellationToken).ConfigureAwait(false));
            }
        }

        return solution;
    }

    private static async Task<IEnumerable<(Document Document, ImmutableArray<Diagnostic> Diagnostics)>> FindAsync(
        FixAllContext context, Project project)
    {
        if (context is { Scope: FixAllScope.Document, Document: { } only })
        {
            return [(only, await context.GetDocumentDiagnosticsAsync(only).ConfigureAwait(false))];
        }

        ImmutableArray<Diagnostic> all = await context.GetAllDiagnosticsAsync(project).ConfigureAwait(false);
        return all.GroupBy(diagnostic => diagnostic.Location.SourceTree)
            .Select(group => (Document: group.Key is null ? null : project.GetDocument(group.Key), Diagnostics: group.ToImmutableArray()))
            .Where(found => found.Document is not null)
            .OrderBy(found => found.Document!.FilePath ?? found.Document.Name, StringComparer.Ordinal)
            .Select(found => (found.Document!, found.Diagnostics));
    }
}

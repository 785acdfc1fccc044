using ClipGen.Analyzers.Records;
using ClipGen.Generator.Checks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.CodeFixes.Records;

/// <summary>A limit in the source, and what is to be written in its place.</summary>
/// <param name="Document">The document, which can be another one than that of the finding.</param>
/// <param name="Limit">The argument of the attribute or the call.</param>
/// <param name="Recommended">The limit that the run suggests, as a literal of type <c>double</c>.</param>
internal sealed record LimitEdit(Document Document, ExpressionSyntax Limit, string Recommended)
{
    /// <summary>Finds the limit of a diagnostic.</summary>
    /// <returns>Null where the run suggests no other limit, or where it stands in none of the project's files.</returns>
    public static async Task<LimitEdit?> FindAsync(Project project, Diagnostic diagnostic, CancellationToken cancellation)
    {
        // For a gradient, the diagnostic is at the gradient, and the limit is where its model declares it.
        Location? place = diagnostic.Id == RuleIds.GradientWasNotFinite
            ? diagnostic.AdditionalLocations.FirstOrDefault()
            : diagnostic.Location;
        if (place?.SourceTree is not { } tree
            || !diagnostic.Properties.TryGetValue(LimitFinding.Recommended, out string? recommended)
            || DocumentOf(project, tree) is not { } document
            || await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) is not { } root
            || !root.FullSpan.Contains(place.SourceSpan))
        {
            return null;
        }

        SyntaxNode found = root.FindNode(place.SourceSpan, getInnermostNodeForTie: true);
        return found is ExpressionSyntax limit && limit.Span == place.SourceSpan ? new LimitEdit(document, limit, recommended!) : null;
    }

    // A host that runs analyzers in another process gives the path of the file only.
    private static Document? DocumentOf(Project project, SyntaxTree tree) =>
        project.GetDocument(tree) ?? project.Documents.FirstOrDefault(document => document.FilePath is { } path && path == tree.FilePath);
}

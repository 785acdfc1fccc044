using System.Collections.Immutable;
using System.Composition;
using ClipGen.Generator.Checks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace ClipGen.CodeFixes.Records;

/// <summary>CLIP201 to CLIP203: writes the limit that a recorded run suggests.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RecommendedLimitCodeFix)), Shared]
public sealed class RecommendedLimitCodeFix : CodeFixProvider
{
    private const string EquivalenceKey = "ClipGen.RecommendedLimit";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
        ImmutableArray.Create(RuleIds.LimitClippedNearlyAll, RuleIds.LimitNeverClipped, RuleIds.GradientWasNotFinite);

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => new RecommendedLimitFixAll();

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (Diagnostic diagnostic in this.FixableDiagnostics(context))
        {
            if (await LimitEdit.FindAsync(context.Document.Project, diagnostic, context.CancellationToken).ConfigureAwait(false)
                is not { } edit)
            {
                continue;
            }

            context.RegisterCodeFix(
                CodeAction.Create(
                    $"Use the limit {edit.Recommended} that the recorded run suggests",
                    cancellation => LimitWriter.WriteAsync(context.Document.Project.Solution, [edit], cancellation),
                    EquivalenceKey),
                diagnostic);
        }
    }
}

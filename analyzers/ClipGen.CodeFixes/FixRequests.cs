using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace ClipGen.CodeFixes;

/// <summary>What a host asks of a fix. An editor asks precisely; <c>dotnet format</c> does not.</summary>
/// <remarks>
/// <c>dotnet format</c> takes the first finding of the whole analysis, whichever rule it is of, asks the fix for an action for it, and then
/// fixes all with the key of that action, or with none where there was no action.
/// </remarks>
internal static class FixRequests
{
    /// <summary>The findings that the fix is for, of those that it is asked about.</summary>
    public static IEnumerable<Diagnostic> FixableDiagnostics(this CodeFixProvider fix, CodeFixContext context) =>
        context.Diagnostics.Where(diagnostic => fix.FixableDiagnosticIds.Contains(diagnostic.Id));

    /// <summary>Whether all that the action <paramref name="key"/> fixes is to be fixed: it was chosen, or no action was.</summary>
    public static bool Asks(this FixAllContext context, string key) =>
        context.CodeActionEquivalenceKey is null || context.CodeActionEquivalenceKey == key;
}

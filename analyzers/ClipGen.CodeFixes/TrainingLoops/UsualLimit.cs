using System.Globalization;
using ClipGen.Analyzers.Semantics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.CodeFixes.TrainingLoops;

/// <summary>The limit that a fix writes: the one that the file clips with, else the one that the project clips with.</summary>
/// <param name="Text">The limit as it is written.</param>
/// <param name="IsOfOtherFile">Whether the limit comes from another file.</param>
internal sealed record UsualLimit(string Text, bool IsOfOtherFile)
{
    /// <summary>What papers and tutorials take when nothing is known of the network.</summary>
    private static readonly UsualLimit Customary = new("1.0", IsOfOtherFile: false);

    private static readonly string[] Words = ["clip_grad_norm_", "ClipNorm", "ClipGradNorm"];

    public static async Task<UsualLimit> OfAsync(Document document, CancellationToken cancellation)
    {
        var counts = new Dictionary<string, int>();
        await CountAsync(document, counts, cancellation).ConfigureAwait(false);
        if (counts.Count > 0)
            return new UsualLimit(MostFrequent(counts), IsOfOtherFile: false);
        foreach (Document other in document.Project.Documents.Where(other => other.Id != document.Id))
            await CountAsync(other, counts, cancellation).ConfigureAwait(false);
        return counts.Count > 0 ? new UsualLimit(MostFrequent(counts), IsOfOtherFile: true) : Customary;
    }

    private static async Task CountAsync(Document document, Dictionary<string, int> counts, CancellationToken cancellation)
    {
        string text = (await document.GetTextAsync(cancellation).ConfigureAwait(false)).ToString();
        if (!Array.Exists(Words, word => text.Contains(word))
            || await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) is not { } root)
        {
            return;
        }

        foreach (SyntaxNode node in root.DescendantNodes())
        {
            if (LimitIn(node) is not { } limit || !IsSensible(limit))
                continue;
            counts.TryGetValue(limit, out int count);
            counts[limit] = count + 1;
        }
    }

    private static string MostFrequent(Dictionary<string, int> counts) =>
        counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).First().Key;

    private static string? LimitIn(SyntaxNode node) => node switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "clip_grad_norm_" } } call =>
            Argument(call, "max_norm", 1),
        InvocationExpressionSyntax
        {
            Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ClipNorm", Expression: var owner },
        } call => owner.LastName() switch
        {
            "Gradients" => Argument(call, "maxNorm", 0),
            "TorchGradients" => Argument(call, "maxNorm", 1),
            _ => null,
        },
        AttributeSyntax { ArgumentList.Arguments: { Count: > 0 } arguments } attribute
            when attribute.Name.ToString().Contains("ClipGradNorm") => Literal(arguments[0].Expression),
        _ => null,
    };

    private static string? Argument(InvocationExpressionSyntax call, string name, int position)
    {
        SeparatedSyntaxList<ArgumentSyntax> given = call.ArgumentList.Arguments;
        ArgumentSyntax? limit = given.FirstOrDefault(argument => argument.NameColon?.Name.Identifier.ValueText == name)
            ?? given.Where(argument => argument.NameColon is null).Skip(position).FirstOrDefault();
        return Literal(limit?.Expression);
    }

    private static string? Literal(ExpressionSyntax? expression) =>
        (expression as LiteralExpressionSyntax)?.Token.Text.TrimEnd('f', 'F', 'd', 'D');

    private static bool IsSensible(string limit) =>
        double.TryParse(limit, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is > 1e-3 and < 1e4;
}

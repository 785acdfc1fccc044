using System.Globalization;
using System.Runtime.CompilerServices;
using ClipGen.Analyzers.Semantics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.CodeFixes.TrainingLoops;

/// <summary>The limit that a fix inserts: the one that the file clips with, otherwise the one that the project clips with.</summary>
/// <param name="Text">The limit as written.</param>
/// <param name="IsOfOtherFile">Whether the limit comes from another file.</param>
internal sealed record UsualLimit(string Text, bool IsOfOtherFile)
{
    /// <summary>The usual limit of papers and tutorials.</summary>
    private static readonly UsualLimit Customary = new("1.0", IsOfOtherFile: false);

    private static readonly string[] Words = ["clip_grad_norm_", "ClipNorm", "ClipGradNorm"];

    private static readonly Dictionary<string, int> None = [];

    // FixAll for a project calls this for every file with a finding, and reads all other files if that file has no limit.
    private static readonly ConditionalWeakTable<SyntaxTree, Dictionary<string, int>> Known = new();

    public static async Task<UsualLimit> OfAsync(Document document, CancellationToken cancellation)
    {
        Dictionary<string, int> own = await LimitsInAsync(document, cancellation).ConfigureAwait(false);
        if (own.Count > 0)
            return new UsualLimit(MostFrequent(own), IsOfOtherFile: false);
        var others = new Dictionary<string, int>();
        foreach (Document other in document.Project.Documents.Where(other => other.Id != document.Id))
        {
            foreach (KeyValuePair<string, int> limit in await LimitsInAsync(other, cancellation).ConfigureAwait(false))
                others[limit.Key] = limit.Value + (others.TryGetValue(limit.Key, out int count) ? count : 0);
        }

        return others.Count > 0 ? new UsualLimit(MostFrequent(others), IsOfOtherFile: true) : Customary;
    }

    /// <summary>The number of uses of each limit in the file.</summary>
    private static async Task<Dictionary<string, int>> LimitsInAsync(Document document, CancellationToken cancellation) =>
        await document.GetSyntaxTreeAsync(cancellation).ConfigureAwait(false) is { } tree ? Known.GetValue(tree, Count) : None;

    private static Dictionary<string, int> Count(SyntaxTree tree)
    {
        string text = tree.GetText().ToString();
        return Array.Exists(Words, word => text.Contains(word))
            ? tree.GetRoot().DescendantNodes().Select(LimitIn).OfType<string>().Where(IsSensible)
                .GroupBy(limit => limit).ToDictionary(group => group.Key, group => group.Count())
            : None;
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

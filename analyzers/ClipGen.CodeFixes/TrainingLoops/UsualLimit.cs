using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.CodeFixes.TrainingLoops;

/// <summary>Finds the limit that a project clips with everywhere else.</summary>
internal static class UsualLimit
{
    /// <summary>What papers and tutorials take when nothing is known of the network.</summary>
    private const string Customary = "1.0";

    public static async Task<string> OfAsync(Project project, CancellationToken cancellation)
    {
        var counts = new Dictionary<string, int>();
        foreach (Document document in project.Documents)
        {
            if (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) is not { } root)
                continue;
            foreach (SyntaxNode node in root.DescendantNodes())
            {
                if (LimitIn(node) is not { } limit || !IsSensible(limit))
                    continue;
                counts.TryGetValue(limit, out int count);
                counts[limit] = count + 1;
            }
        }

        return counts.Count == 0 ? Customary : counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).First().Key;
    }

    private static string? LimitIn(SyntaxNode node)
    {
        switch (node)
        {
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "clip_grad_norm_" } } call:
                ArgumentSyntax? limit = call.ArgumentList.Arguments.FirstOrDefault(argument => argument.NameColon?.Name.Identifier.ValueText == "max_norm")
                    ?? call.ArgumentList.Arguments.Where(argument => argument.NameColon is null).Skip(1).FirstOrDefault();
                return Literal(limit?.Expression);
            case InvocationExpressionSyntax
            {
                Expression: MemberAccessExpressionSyntax
                {
                    Name.Identifier.ValueText: "ClipNorm",
                    Expression: SimpleNameSyntax { Identifier.ValueText: "Gradients" }
                        or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Gradients" },
                },
            } gradients:
                SeparatedSyntaxList<ArgumentSyntax> given = gradients.ArgumentList.Arguments;
                ArgumentSyntax? maxNorm = given.FirstOrDefault(argument => argument.NameColon?.Name.Identifier.ValueText == "maxNorm")
                    ?? given.FirstOrDefault();
                return Literal(maxNorm?.Expression);
            case AttributeSyntax { ArgumentList.Arguments: { Count: > 0 } arguments } attribute when attribute.Name.ToString().Contains("ClipGradNorm"):
                return Literal(arguments[0].Expression);
            default:
                return null;
        }
    }

    private static string? Literal(ExpressionSyntax? expression) => (expression as LiteralExpressionSyntax)?.Token.Text.TrimEnd('f', 'F', 'd', 'D');

    private static bool IsSensible(string limit) =>
        double.TryParse(limit, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is > 1e-3 and < 1e4;
}

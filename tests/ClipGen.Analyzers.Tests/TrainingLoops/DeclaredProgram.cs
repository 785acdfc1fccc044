using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using ClipGen.Analyzers.TrainingLoops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.Analyzers.Tests.TrainingLoops;

/// <summary>
/// Adds ClipGen's attributes to a program, member by member, as a user would. All diagnostics of the program without attributes must
/// remain: declaring gradients never hides one.
/// </summary>
internal static partial class DeclaredProgram
{
    private const string Gradient = "[ClipGen.Gradient] ";
    private const string Limit = "[ClipGen.ClipGradNorm(1.0)] ";

    /// <summary>Runs the rules on each form of a marked source with attributes.</summary>
    public static async Task VerifyAsync(string markedSource, IReadOnlyDictionary<string, string> options)
    {
        (string source, List<(string Id, TextSpan Span)> marks) = AnalyzerHarness.ReadMarkup(markedSource);
        if (marks.Count == 0)
            return;
        foreach ((string form, SortedDictionary<int, string> insertions) in Forms(source))
        {
            string declared = Insert(source, insertions);
            CSharpCompilation compilation = AnalyzerHarness.Compile(
                declared, [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen, AnalyzerHarness.TorchSharp]);
            AnalyzerHarness.AssertCompiles(compilation);
            ImmutableArray<Diagnostic> found = await AnalyzerHarness.AnalyzeAsync(compilation, [new TrainingLoopAnalyzer()], options);
            foreach ((string id, TextSpan span) in marks)
            {
                TextSpan moved = Move(span, insertions);
                Assert.True(
                    found.Any(diagnostic => diagnostic.Id == id && diagnostic.Location.SourceSpan.IntersectsWith(moved)),
                    $"{id} at '{declared.Substring(moved.Start, moved.Length)}' is not reported any more with {form}. Found:\n"
                        + $"{string.Join("\n", found)}\nin\n{declared}");
            }
        }
    }

    /// <summary>
    /// The attributes on the gradients only, also on the types that hold them, and on every class, including the class of the loop.
    /// </summary>
    private static IEnumerable<(string Form, SortedDictionary<int, string> Insertions)> Forms(string source)
    {
        SyntaxNode root = CSharpSyntaxTree.ParseText(source).GetRoot();
        MemberDeclarationSyntax[] gradients = [.. root.DescendantNodes().OfType<MemberDeclarationSyntax>().Where(IsGradient)];
        if (gradients.Length == 0)
            yield break;
        TypeDeclarationSyntax[] undeclared =
        [
            .. root.DescendantNodes().OfType<TypeDeclarationSyntax>()
                .Where(type => type is ClassDeclarationSyntax or StructDeclarationSyntax && type.AttributeLists.Count == 0
                    && !type.Modifiers.Any(SyntaxKind.StaticKeyword)),
        ];
        SyntaxNode[] holders = [.. undeclared.Where(type => gradients.Any(gradient => gradient.Parent == type))];
        yield return ("[Gradient]", At((gradients, Gradient)));
        yield return ("[Gradient] and limits on the types that hold gradients", At((gradients, Gradient), (holders, Limit)));
        yield return ("limits on the types that hold gradients", At((holders, Limit)));
        yield return ("[Gradient] and limits on all classes", At((gradients, Gradient), (undeclared, Limit)));
    }

    private static bool IsGradient(MemberDeclarationSyntax member)
    {
        if (member.Parent is not (ClassDeclarationSyntax or StructDeclarationSyntax) || member.AttributeLists.Count > 0)
            return false;
        return member switch
        {
            FieldDeclarationSyntax field =>
                IsNumeric(field.Declaration.Type) && field.Declaration.Variables.All(variable => IsGradient(variable.Identifier))
                && !field.Modifiers.Any(SyntaxKind.StaticKeyword),
            PropertyDeclarationSyntax property =>
                IsNumeric(property.Type) && IsGradient(property.Identifier) && property.ExpressionBody is null
                && !property.Modifiers.Any(SyntaxKind.StaticKeyword),
            _ => false,
        };
    }

    private static bool IsGradient(SyntaxToken name) => GradientName().IsMatch(name.ValueText);

    private static bool IsNumeric(TypeSyntax type) => NumericType().IsMatch(type.ToString());

    [GeneratedRegex("^_?(d[A-Z]|d_)|[gG]rad")]
    private static partial Regex GradientName();

    [GeneratedRegex(@"^(List<)?(float|double|decimal)(\[[\[\],]*\])?>?$")]
    private static partial Regex NumericType();

    private static SortedDictionary<int, string> At(params (SyntaxNode[] Nodes, string Text)[] insertions)
    {
        var result = new SortedDictionary<int, string>();
        foreach ((SyntaxNode[] nodes, string text) in insertions)
        {
            foreach (SyntaxNode node in nodes)
                result.Add(node.SpanStart, text);
        }

        return result;
    }

    private static string Insert(string source, SortedDictionary<int, string> insertions)
    {
        var result = new StringBuilder(source);
        foreach ((int position, string text) in insertions.Reverse())
            result.Insert(position, text);
        return result.ToString();
    }

    private static TextSpan Move(TextSpan span, SortedDictionary<int, string> insertions) =>
        new(span.Start + insertions.Where(insertion => insertion.Key <= span.Start).Sum(insertion => insertion.Value.Length), span.Length);
}

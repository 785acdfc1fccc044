using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Analyzers.Tests.Broken;

/// <summary>Changes a program as typing, moving and deleting do.</summary>
internal static class ProgramBreaker
{
    private const int MostChanges = 4;

    /// <summary>Makes one to four random changes after <paramref name="start"/>.</summary>
    public static string Break(string source, Random random, int start = 0)
    {
        string head = source[..start];
        string rest = source[start..];
        for (int changes = random.Next(1, MostChanges + 1); changes > 0; changes--)
            rest = random.Next(3) == 0 ? BreakLines(rest, random) : BreakTokens(rest, random);
        return head + rest;
    }

    // Deletes a line, copies it to another place, exchanges it with another line, or truncates it.
    private static string BreakLines(string source, Random random)
    {
        List<string> lines = [.. source.Split('\n')];
        int at = random.Next(lines.Count);
        int other = random.Next(lines.Count);
        switch (random.Next(4))
        {
            case 0:
                lines.RemoveAt(at);
                break;
            case 1:
                lines.Insert(other, lines[at]);
                break;
            case 2:
                (lines[at], lines[other]) = (lines[other], lines[at]);
                break;
            default:
                lines[at] = lines[at][..random.Next(lines[at].Length + 1)];
                break;
        }

        return string.Join('\n', lines);
    }

    // Deletes or duplicates a token, overwrites it with another one, inserts one before it, or exchanges two tokens.
    private static string BreakTokens(string source, Random random)
    {
        SyntaxToken[] tokens = [.. CSharpSyntaxTree.ParseText(source).GetRoot().DescendantTokens().Where(token => token.Span.Length > 0)];
        if (tokens.Length < 2)
            return source;
        int at = random.Next(tokens.Length);
        int other = random.Next(tokens.Length);
        return random.Next(6) switch
        {
            0 => Overwrite(source, tokens[at], ""),
            1 => Overwrite(source, tokens[at], tokens[at].Text + " " + tokens[at].Text),
            2 => Overwrite(source, tokens[at], tokens[other].Text),
            3 => Overwrite(source, tokens[at], tokens[other].Text + " " + tokens[at].Text),
            4 => Exchange(source, tokens[at], tokens[(at + random.Next(1, 4)) % tokens.Length]),
            _ => Exchange(source, tokens[at], tokens[other]),
        };
    }

    private static string Overwrite(string source, SyntaxToken token, string text) =>
        source[..token.SpanStart] + text + source[token.Span.End..];

    private static string Exchange(string source, SyntaxToken one, SyntaxToken other)
    {
        (SyntaxToken first, SyntaxToken second) = one.SpanStart < other.SpanStart ? (one, other) : (other, one);
        return first == second
            ? source
            : source[..first.SpanStart] + second.Text + source[first.Span.End..second.SpanStart] + first.Text + source[second.Span.End..];
    }
}

using System.Text.RegularExpressions;

namespace ClipGen.Documentation.Tests;

/// <summary>
/// A block of code on a page. Behind the language, which is all that a reader's browser looks at, the line that opens it may say what this
/// test needs to know:
/// <list type="bullet">
/// <item><c>in=loop</c>: a fragment, which stands in <c>Surroundings/loop.cs</c>; <c>in=none</c> keeps a page's usual surroundings
/// away;</item>
/// <item><c>continued</c>: it is compiled together with the first program of its page;</item>
/// <item><c>generated</c>: lines of what the generator emits for the block before it, with <c>…</c> where some are left out;
/// <c>generated continued</c>: for the first program of its page;</item>
/// <item><c>from=File</c>: lines of a file of this repository, in its order;</item>
/// <item><c>record</c>: a recorded run that the project of the page has;</item>
/// <item><c>reported</c>: what the compiler prints for the block before it;</item>
/// <item><c>without=Assembly</c>, <c>langversion=7.3</c>: how the program differs from others.</item>
/// </list>
/// A comment <c>// CLIP101</c> at the end of a line says that the rule is reported there. On all other lines nothing is.
/// </summary>
internal sealed partial record CodeBlock(string Page, int Line, string Language, IReadOnlyList<string> Words, string Text)
{
    public string? this[string key] =>
        Words.FirstOrDefault(word => word.StartsWith(key + "=", StringComparison.Ordinal)) is { } word ? word[(key.Length + 1)..] : null;

    /// <summary>True if the block is a program, or a part of one, that only this page has.</summary>
    public bool IsProgram => Language == "csharp" && !IsGenerated && this["from"] is null;

    public bool IsGenerated => Words.Contains("generated");

    public bool IsReported => Words.Contains("reported");

    /// <summary>True if the block is a recorded run for the programs of its page.</summary>
    public bool IsRecord => Language == "json" && Words.Contains("record");

    public bool IsContinued => Words.Contains("continued");

    /// <summary>The diagnostics that the comments announce: ids by line, counted from 0.</summary>
    public IReadOnlyList<(int Line, string Id)> Expected =>
    [
        .. Text.Split('\n').SelectMany((text, line) =>
            MarkPattern().Matches(text).SelectMany(mark => mark.Groups[1].Captures.Select(id => (line, id.Value)))),
    ];

    public override string ToString() => $"{Page}:{Line}";

    public static IReadOnlyList<CodeBlock> Read(string page)
    {
        var blocks = new List<CodeBlock>();
        string[] lines = File.ReadAllLines(Repository.PathOf(page));
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                continue;
            }

            int first = i + 1;
            string[] words = lines[i][3..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            for (i++; lines[i] != "```"; i++)
            {
            }

            blocks.Add(new CodeBlock(page, first, words.FirstOrDefault() ?? "", [.. words.Skip(1)], string.Join('\n', lines[first..i])));
        }

        return blocks;
    }

    [GeneratedRegex(@"// (?:(CLIP\d{3})(?:, )?)+")]
    private static partial Regex MarkPattern();
}

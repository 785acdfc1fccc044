using Microsoft.CodeAnalysis;

namespace ClipGen.Documentation.Tests;

/// <summary>
/// The code on all pages compiles. Diagnostics are reported exactly where the page announces them. <see cref="CodeBlock"/> lists what a
/// page can say about its blocks.
/// </summary>
public sealed class CodeBlockTests
{
    /// <summary>
    /// Rules that are reported at calls of TorchSharp's functions, and at steps after them. Other pages show these calls on purpose.
    /// </summary>
    private static readonly string[] FasterCalls = ["CLIP013", "CLIP115"];

    public static TheoryData<string> Pages() =>
        [.. Repository.Pages.Where(page => CodeBlock.Read(page).Any(block => block.Language == "csharp"))];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Code_compiles_and_is_reported_as_the_page_says(string page)
    {
        var problems = new List<string>();
        IReadOnlyList<CodeBlock> blocks = CodeBlock.Read(page);
        for (int i = 0; i < blocks.Count; i++)
        {
            if (blocks[i].IsProgram)
            {
                problems.AddRange(await ProblemsAsync(blocks, i));
            }
        }

        Assert.True(problems.Count == 0, string.Join("\n", problems));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Generated_code_is_shown_as_it_is(string page)
    {
        IReadOnlyList<CodeBlock> blocks = CodeBlock.Read(page);
        for (int i = 0; i < blocks.Count; i++)
        {
            if (!blocks[i].IsGenerated)
            {
                continue;
            }

            int program = blocks[i].IsContinued ? blocks.TakeWhile(block => !block.IsProgram).Count() : ProgramBefore(blocks, i);
            IReadOnlyList<string> files = Compile(blocks, program).Generated;
            string[] excerpts = [.. Unindented(blocks[i].Text).Split("…\n").Select(part => part.Trim('\n'))];
            Assert.True(
                files.Any(file => excerpts.All(excerpt => Unindented(file).Contains(excerpt, StringComparison.Ordinal))),
                $"{blocks[i]} does not show what is generated:\n{string.Join("\n", files)}");
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Messages_are_shown_as_they_are(string page)
    {
        IReadOnlyList<CodeBlock> blocks = CodeBlock.Read(page);
        for (int i = 0; i < blocks.Count; i++)
        {
            if (blocks[i].IsReported)
            {
                Diagnostic reported = Assert.Single(await Compile(blocks, ProgramBefore(blocks, i)).ReportedAsync());
                string printed = $"Program.cs{reported.ToString()["Page.cs".Length..]}";
                Assert.True(printed == blocks[i].Text.Replace("\n    ", " ", StringComparison.Ordinal),
                    $"{blocks[i]} does not show what is printed:\n{printed}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Excerpts_are_what_the_files_say(string page)
    {
        foreach (CodeBlock block in CodeBlock.Read(page))
        {
            if (block["from"] is not { } file)
            {
                continue;
            }

            IEnumerable<string> rest = File.ReadLines(Repository.PathOf(file)).Select(line => line.Trim());
            foreach (string line in block.Text.Split('\n').Select(WithoutComment).Where(line => line.Length > 0))
            {
                string[] found = [.. rest.SkipWhile(other => WithoutComment(other) != line)];
                Assert.True(found.Length > 0, $"{block}: not in {file} behind the lines before it: {line}");
                rest = found.Skip(1);
            }
        }
    }

    private static async Task<IEnumerable<string>> ProblemsAsync(IReadOnlyList<CodeBlock> blocks, int index)
    {
        CodeBlock block = blocks[index];
        PageProgram program = Compile(blocks, index);
        (int Line, string Id)[] expected = [.. block.Expected.Order()];
        Diagnostic[] reported = [.. (await program.ReportedAsync()).Where(
            diagnostic => !FasterCalls.Contains(diagnostic.Id) || block.Page.Contains(diagnostic.Id, StringComparison.Ordinal))];
        (int Line, string Id)[] found =
            [.. reported.Select(diagnostic => (PageProgram.LineOf(diagnostic), diagnostic.Id)).Distinct().Order()];
        IEnumerable<string> errors = program.Errors.Select(error => $"{block}: {error}");
        return expected.SequenceEqual(found)
            ? errors
            : errors.Append($"{block}: the page says [{string.Join(", ", expected)}], reported is "
                + $"[{string.Join(", ", reported.AsEnumerable())}]");
    }

    private static PageProgram Compile(IReadOnlyList<CodeBlock> blocks, int index)
    {
        var others = new List<string>();
        if (blocks[index].IsContinued)
        {
            others.Add(blocks.First(block => block.IsProgram).Text);
        }

        if (SurroundingsOf(blocks[index]) is { } surroundings)
        {
            others.Add(File.ReadAllText(Path.Combine(Repository.ProjectFolder, "Surroundings", surroundings + ".cs")));
        }

        IEnumerable<string> records = blocks.Where(block => block.IsRecord).Select(block => block.Text);
        return PageProgram.Compile(blocks[index].Text, others, blocks[index], records);
    }

    private static int ProgramBefore(IReadOnlyList<CodeBlock> blocks, int index)
    {
        do
        {
            index--;
        }
        while (!blocks[index].IsProgram);
        return index;
    }

    /// <summary>Pages about training loops show loops without the surrounding program.</summary>
    private static string? SurroundingsOf(CodeBlock block)
    {
        string? usual = block.Page.StartsWith("docs/rules/CLIP1", StringComparison.Ordinal) ? "loop" : null;
        return (block["in"] ?? usual) is { } name && name != "none" ? name : null;
    }

    private static string WithoutComment(string line) => line.Split("//")[0].Trim();

    private static string Unindented(string text) => string.Join('\n', text.Split('\n').Select(line => line.Trim())) + "\n";
}

using System.Globalization;
using ClipGen.Analyzers.Records;
using ClipGen.Analyzers.Tests.Records;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;

namespace ClipGen.Analyzers.Tests.Editor;

/// <summary>CLIP201 to CLIP204 while models and records are edited.</summary>
public sealed class RecordEditingTests
{
    private const string File = "lstm.clipgen.json";

    private const string Source = """
        using ClipGen;
        [ClipGradNorm(0.25)]
        partial class Net
        {
            [Gradient] readonly float[] _dW = new float[8];
            [Gradient] readonly float[] _dB = new float[8];
        }

        """;

    private static readonly string Record = RecordText.Of(
        "\"type\": \"Net\"", 0.25, 990, 17, 3.2, norms: "{ \"gradient\": \"_dW\", \"nonFinite\": 3, \"firstNonFinite\": 17 }");

    [Fact]
    public async Task Findings_come_and_go_with_the_record()
    {
        using var editor = new EditorProject(Source);
        Assert.Empty(await RulesAsync(editor));

        editor.SetFile(File, Record);
        Assert.Equal(["CLIP201", "CLIP203"], await RulesAsync(editor));

        editor.SetFile(File, Record.Replace("\"clipped\": 990", "\"clipped\": 90", StringComparison.Ordinal));
        Assert.Equal(["CLIP203"], await RulesAsync(editor));

        editor.SetFile(File, Record.Replace("lstm", "gru", StringComparison.Ordinal));
        Assert.Contains("'gru'", (await editor.UnderlinedAsync())[0].GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);

        editor.SetFile(File, Record[..^20]);
        Assert.Empty(await RulesAsync(editor));
        Diagnostic stale = Assert.Single(await editor.ListedAsync());
        Assert.Equal(("CLIP204", File), (stale.Id, stale.Location.GetLineSpan().Path));

        editor.SetFile(File, null);
        Assert.Empty(await editor.ListedAsync());
    }

    [Fact]
    public async Task Findings_come_and_go_with_the_limit_and_the_gradients()
    {
        using var editor = new EditorProject(Source, (File, Record));
        Assert.Equal(["CLIP201", "CLIP203"], await RulesAsync(editor));

        editor.Replace(Source.Replace("0.25", "0.2", StringComparison.Ordinal));
        Assert.Equal(["CLIP203"], await RulesAsync(editor));

        editor.Replace(Source.Replace("0.25", "", StringComparison.Ordinal));
        Assert.DoesNotContain("CLIP201", await RulesAsync(editor));

        editor.Replace(Source.Replace("class Net", "class Nets", StringComparison.Ordinal));
        Assert.Empty(await RulesAsync(editor));

        editor.Replace(Source);
        Assert.Equal(["CLIP201", "CLIP203"], await RulesAsync(editor));
    }

    [Fact]
    public async Task A_record_is_stale_as_long_as_the_gradients_are_others()
    {
        using var editor = new EditorProject(Source);
        string generated = await editor.GeneratedAsync();
        int start = generated.IndexOf("GradientFingerprint => \"", StringComparison.Ordinal) + "GradientFingerprint => \"".Length;
        string fingerprint = generated[start..generated.IndexOf('"', start)];
        editor.SetFile(
            File, Record.Replace("\"type\":", $"\"fingerprint\": \"{fingerprint}\", \"type\":", StringComparison.Ordinal));
        Assert.Equal(["CLIP201", "CLIP203"], await RulesAsync(editor));

        editor.Replace(Source.Replace("_dB", "_dBias", StringComparison.Ordinal));
        Assert.Equal(["CLIP204"], await RulesAsync(editor));

        editor.Replace(Source.Replace("new float[8]", "new float[16]", StringComparison.Ordinal));
        Assert.Equal(["CLIP201", "CLIP203"], await RulesAsync(editor));

        editor.Replace(Source.Replace("float[]", "double[]", StringComparison.Ordinal)
            .Replace("new float", "new double", StringComparison.Ordinal));
        Assert.Equal(["CLIP204"], await RulesAsync(editor));

        editor.Replace(Source);
        Assert.Equal(["CLIP201", "CLIP203"], await RulesAsync(editor));
    }

    [Fact]
    public async Task The_fix_is_offered_at_the_limit_and_undone()
    {
        using var editor = new EditorProject(Source, (File, Record));
        int caret = Source.IndexOf("0.25", StringComparison.Ordinal) + 2;
        CodeAction action = Assert.Single(await editor.OfferedAtAsync(caret));
        Assert.Equal("Use the limit 3.2 that the recorded run suggests", action.Title);
        await editor.ApplyAsync(action);
        Assert.Equal(Source.Replace("0.25", "3.2", StringComparison.Ordinal), await editor.TextAsync());
        Assert.Equal(["CLIP203"], await RulesAsync(editor));

        // The recorded run used another limit, and a larger limit does not remove a NaN.
        Assert.Empty(await editor.OfferedAtAsync(Source.IndexOf("_dW", StringComparison.Ordinal)));
        editor.Replace(Source);
        Assert.Single(await editor.OfferedAtAsync(caret));
    }

    [Fact]
    public async Task The_limit_in_another_file_is_fixed_from_the_gradient()
    {
        const string Limits = "static class Limits { public const double Max = 100; }\n";
        string record = RecordText.Of(
            "\"type\": \"Net\"", 100, 4, 170, 12, norms: "{ \"gradient\": \"_dW\", \"nonFinite\": 3, \"firstNonFinite\": 17 }");
        using var editor = new EditorProject(
            """
            using ClipGen;
            partial class Net
            {
                [Gradient] readonly float[] _dW = new float[8];
            }

            """,
            (File, record),
            ("Limits.cs", Limits),
            ("Net.cs", "using ClipGen;\n[ClipGradNorm(Limits.Max)]\npartial class Net;\n"));
        Assert.Equal(["CLIP203"], (await editor.UnderlinedAloneAsync()).Select(diagnostic => diagnostic.Id));
        await editor.ApplyAsync(
            Assert.Single(await editor.OfferedAtAsync((await editor.TextAsync()).IndexOf("_dW", StringComparison.Ordinal))));
        Assert.Equal(Limits.Replace("100", "12.0", StringComparison.Ordinal), await editor.TextOfAsync("Limits.cs"));
        Assert.Contains("Limits.Max", await editor.TextOfAsync("Net.cs"), StringComparison.Ordinal);
        Assert.Empty(await editor.ErrorsAsync());
    }

    [Fact]
    public async Task Fix_all_writes_every_limit()
    {
        const string Trainer = """
            using ClipGen;
            class Trainer
            {
                const double Max = 0.25;
                void Step(float[] dW) => Gradients.ClipNorm(Max, dW);
                void Last(float[] dW) => Gradients.ClipNorm(0.25, dW);
            }

            """;
        using var editor = new EditorProject(
            Trainer, (File, RecordText.Of("\"gradients\": \"dW\"", 0.25, 1000, 17, 3.2)));
        await editor.FixAllAsync("CLIP201", "ClipGen.RecommendedLimit");
        Assert.Equal(Trainer.Replace("0.25", "3.2", StringComparison.Ordinal), await editor.TextAsync());
        Assert.Empty(await editor.UnderlinedAsync());
    }

    [Fact]
    public async Task Typing_a_record_never_throws()
    {
        using var editor = new EditorProject(Source);
        for (int length = 0; length < Record.Length; length += 37)
        {
            editor.SetFile(File, Record[..length]);
            Assert.Equal(["CLIP204"], (await editor.ListedAsync()).Select(diagnostic => diagnostic.Id));
        }
    }

    [Fact]
    public async Task Typing_a_model_never_throws_beside_a_record()
    {
        using var editor = new EditorProject("", (File, Record));
        for (int length = 0; length < Source.Length; length += 3)
        {
            editor.Replace(Source[..length]);
            await editor.ListedAsync();
        }
    }

    [Fact]
    public async Task An_edit_of_the_code_reads_no_record_again()
    {
        using var editor = new EditorProject(Source, (File, Record));
        await editor.ListedAsync();
        RecordReader.Reading before = ReadingOf(editor);
        editor.Replace(Source + "\n");
        await editor.ListedAsync();
        Assert.Same(before, ReadingOf(editor));
        editor.SetFile(File, Record + " ");
        Assert.NotSame(before, ReadingOf(editor));
    }

    [Fact]
    public async Task A_record_changes_nothing_that_is_generated()
    {
        using var editor = new EditorProject(Source);
        string generated = await editor.GeneratedAsync();
        editor.SetFile(File, Record);
        Assert.Equal(generated, await editor.GeneratedAsync());
    }

    private static async Task<IEnumerable<string>> RulesAsync(EditorProject editor) =>
        (await editor.UnderlinedAsync()).Select(diagnostic => diagnostic.Id).Where(id => id.StartsWith("CLIP2", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    // The record as the analyzers receive it.
    private static RecordReader.Reading ReadingOf(EditorProject editor)
    {
        AdditionalText file = Assert.Single(editor.Document.Project.AnalyzerOptions.AdditionalFiles);
        return RecordReader.Read(file.GetText(TestContext.Current.CancellationToken)!);
    }
}

using Test = ClipGen.Analyzers.Tests.FixTest<
    ClipGen.Analyzers.TrainingLoops.TrainingLoopAnalyzer, ClipGen.CodeFixes.TrainingLoops.MoveClipCodeFix>;

namespace ClipGen.Analyzers.Tests.TrainingLoops.Fixes;

/// <summary>The fix of CLIP102, CLIP103, CLIP105 and CLIP111.</summary>
public sealed class MoveClipCodeFixTests
{
    private static Task VerifyAsync(string before, string after) => Test.VerifyAsync(Source(before), Source(after));

    private static string Source(string body) =>
        """
        using System;
        using System.Collections.Generic;
        using TorchSharp;
        using static TorchSharp.torch;

        sealed class Trainer
        {
            public void Train(nn.Module<Tensor, Tensor> model, List<Tensor> batches, float clip)
            {
                var optimizer = optim.Adam(model.parameters());

        """ + body.ReplaceLineEndings("\n        ").Insert(0, "        ").Replace("        \n", "\n") + """

            }
        }
        """;

    [Fact]
    public Task Clip_after_the_step() => VerifyAsync(
        """
        foreach (var x in batches)
        {
            optimizer.zero_grad();
            model.forward(x).backward();
            optimizer.step();
            if (clip > 0)
                {|CLIP102:nn.utils.clip_grad_norm_(model.parameters(), clip)|};
        }

        foreach (var x in batches)
        {
            optimizer.zero_grad();
            model.forward(x).backward();
            optimizer.step();
            {|CLIP102:nn.utils.clip_grad_norm_(model.parameters(), 1.0)|};
        }
        """,
        """
        foreach (var x in batches)
        {
            optimizer.zero_grad();
            model.forward(x).backward();
            if (clip > 0)
                nn.utils.clip_grad_norm_(model.parameters(), clip);
            optimizer.step();
        }

        foreach (var x in batches)
        {
            optimizer.zero_grad();
            model.forward(x).backward();
            nn.utils.clip_grad_norm_(model.parameters(), 1.0);
            optimizer.step();
        }
        """);

    [Fact]
    public Task Clip_before_backward() => VerifyAsync(
        """
        foreach (var x in batches)
        {
            optimizer.zero_grad();
            var norm = {|CLIP103:nn.utils.clip_grad_norm_(model.parameters(), 1.0)|};
            model.forward(x).backward();
            optimizer.step();
            Console.WriteLine(norm);
        }
        """,
        """
        foreach (var x in batches)
        {
            optimizer.zero_grad();
            model.forward(x).backward();
            var norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0);
            optimizer.step();
            Console.WriteLine(norm);
        }
        """);

    [Fact]
    public Task Clip_at_every_micro_batch() => VerifyAsync(
        """
        for (int i = 0; i < batches.Count; i++)
        {
            model.forward(batches[i]).backward();
            {|CLIP105:nn.utils.clip_grad_norm_(model.parameters(), 1.0)|};
            if ((i + 1) % 4 == 0)
            {
                optimizer.step();
                optimizer.zero_grad();
            }
        }
        """,
        """
        for (int i = 0; i < batches.Count; i++)
        {
            model.forward(batches[i]).backward();
            if ((i + 1) % 4 == 0)
            {
                nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                optimizer.step();
                optimizer.zero_grad();
            }
        }
        """);

    [Fact]
    public Task Clip_once_per_epoch() => VerifyAsync(
        """
        for (int epoch = 0; epoch < 10; epoch++)
        {
            foreach (var x in batches)
            {
                optimizer.zero_grad();
                model.forward(x).backward();
                optimizer.step();
            }

            {|CLIP111:nn.utils.clip_grad_norm_(model.parameters(), 1.0)|};
        }
        """,
        """
        for (int epoch = 0; epoch < 10; epoch++)
        {
            foreach (var x in batches)
            {
                optimizer.zero_grad();
                model.forward(x).backward();
                nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task No_fix_when_the_clip_reads_what_comes_later() => Test.VerifyNoFixAsync(Source(
        """
        foreach (var x in batches)
        {
            optimizer.zero_grad();
            model.forward(x).backward();
            optimizer.step();
            var limit = clip * 2;
            {|CLIP102:nn.utils.clip_grad_norm_(model.parameters(), limit)|};
        }
        """));
}

using System.Text;
using ClipGen.Benchmarks.Contenders;
using ClipGen.Benchmarks.Measurement;

namespace ClipGen.Benchmarks.Reports;

/// <summary>The reports as a page of the documentation.</summary>
public static class MarkdownPage
{
    private static readonly string Introduction =
        $"""
        # Benchmarks

        This page shows how long it takes to clip the gradients of a model by their global norm, with the generated code and in other ways.
        [Another page](benchmarks-steps.md) shows the time of clip and step together.

        ![Time in units of ClipGen's, clipping needed](images/benchmarks.png)

        Repeat the measurements with

        ```
        dotnet run -c Release --project tests/ClipGen.Benchmarks -- ratios            # prints; add --write for this page
        dotnet run -c Release --project tests/ClipGen.Benchmarks -- ratios --runtime no-avx512   # or no-pgo, no-tiers
        dotnet run -c Release --project tests/ClipGen.Benchmarks -- steps             # clip and step together; add --write for its page
        dotnet run -c Release --project tests/ClipGen.Benchmarks -- start             # the first 100 calls of a process
        dotnet run -c Release --project tests/ClipGen.Benchmarks -- accuracy          # gradients for which clip_grad_norm_ is wrong
        dotnet run -c Release --project tests/ClipGen.Benchmarks -- aot               # compiled ahead of time
        dotnet run -c Release --project tests/ClipGen.Benchmarks -- compiler          # the generator beside others
        dotnet run -c Release --project tests/ClipGen.Benchmarks -- analyzers         # what analyzers add to a build; fails beyond 3 %
        dotnet run -c Release --project tests/ClipGen.Benchmarks -- analyzers stress  # programs that are huge in one way
        dotnet run -c Release --project tests/ClipGen.Benchmarks -- bdn --filter '*'  # the same under BenchmarkDotNet
        ```

        **How to read the tables.** `40x16` is a model with 40 gradients of 16 floats each.

        * The first row is the median time of a call, with its quartiles below.
        * Each other row is a contender: the median of its time divided by the time of the first row. Above 1, the first row is faster.
        * Below each ratio are its quartiles. They show the noise.

        **How it was measured.** The runtime has its default configuration, unless the title of a table names another. All contenders run in
        one process. Those over arrays clip the same arrays. TorchSharp clips copies of them in its own memory.

        * In each round, every contender runs a batch of calls that takes about 0.4 ms, or one call if that takes longer. The order is
          random, and ratios are computed within a round.
        * Before the measurement, each contender is warmed up until the JIT no longer makes it faster, and it is checked that it clips.
        * *Clipping needed*: the limit is one part in 10⁹ below the norm that the contender computes. Every call then reads and multiplies
          all gradients, but the factor rounds to 1, so the next call finds the same values. TorchSharp multiplies with any limit; its
          limit is twice the norm.
        * *Clipping not needed*: the limit is twice the norm.

        **The contenders:**

        * *{GeneratedCode.OneThread}*: the generated `ClipGradients(limit)`, on one thread unless the row says otherwise.
        * *{GeneratedCode.KernelCalls}*: the same buffers in an array. Each buffer needs a call of a kernel, where the generated code is
          otherwise unrolled.
        * *TensorPrimitives loop*: `SumOfSquares` and `Multiply` over an array of the buffers.
        * *scalar loop*: two nested loops with a `double` sum.
        * *reflection*: looks up the fields of each type once, reads their values in every call, and then runs the TensorPrimitives loop.
        * *TorchSharp*: `torch.nn.utils.clip_grad_norm_` over parameters with gradients of the same shapes and values. It multiplies in
          every call, even if clipping is not needed.
        * *{MemorySweep.ReadOnly}* and *{MemorySweep.Both}*: the memory traffic alone, for models with at least 4 MiB
          of gradients. A sweep does not clip. It shows how fast the memory is. If two threads sweep hardly faster than one, one
          thread saturates the memory, and no clipping in separate passes can gain from a second.

        **TorchSharp's parameters** have separate tables, in which all contenders clip the same parameters:

        * *TorchGradients*: `TorchGradients.ClipNorm` over an array of the parameters.
        * *{GeneratedModule.Title}*: the generated `ClipGradients(limit)` of a module that registers two parameters in each layer.
        * *{TorchModuleClipGradNorm.Title}*: `clip_grad_norm_(module.parameters(), limit)` with the same module, on one
          thread.



        """;

    /// <summary>Writes the page.</summary>
    public static string Create(IReadOnlyList<RatioReport> reports)
    {
        var page = new StringBuilder(Introduction);
        page.AppendLine(Machine.Describe());
        foreach (RatioReport report in reports)
        {
            foreach (IGrouping<(GradientOwner, bool), CaseResult> part in report.Cases.GroupBy(
                each => (each.Owner, each.ClippingNeeded)))
            {
                Append(page, report, [.. part]);
            }
        }

        return page.Replace("\r\n", "\n").ToString();
    }

    private static void Append(StringBuilder page, RatioReport report, CaseResult[] cases) => MarkdownTable.Append(
        page,
        $"Clipping {(cases[0].ClippingNeeded ? "needed" : "not needed")}, {RatioRun.Describe(cases[0].Owner)}, {report.Configuration}",
        cases);
}

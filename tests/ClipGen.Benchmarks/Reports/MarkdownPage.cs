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

        How long it takes to clip the gradients of a model by their global norm, with what the compiler wrote and by other means.
        What clip and step take together is on [a page of its own](benchmarks-steps.md).

        ![Time in units of ClipGen's, clipping needed](images/benchmarks.png)

        Repeat it with

        ```
        dotnet run -c Release --project tests/ClipGen.Benchmarks -- ratios            # prints; add --write for this page
        dotnet run -c Release --project tests/ClipGen.Benchmarks -- ratios --avx512 off
        dotnet run -c Release --project tests/ClipGen.Benchmarks -- steps             # clip and step together; add --write for its page
        dotnet run -c Release --project tests/ClipGen.Benchmarks -- start             # the first 100 calls of a process
        dotnet run -c Release --project tests/ClipGen.Benchmarks -- accuracy          # gradients for which clip_grad_norm_ is wrong
        dotnet run -c Release --project tests/ClipGen.Benchmarks -- aot               # compiled ahead of time
        dotnet run -c Release --project tests/ClipGen.Benchmarks -- compiler          # the generator beside others
        dotnet run -c Release --project tests/ClipGen.Benchmarks -- analyzers         # what analyzers add to a build; fails beyond 3 %
        dotnet run -c Release --project tests/ClipGen.Benchmarks -- analyzers stress  # programs that are huge in one way
        dotnet run -c Release --project tests/ClipGen.Benchmarks -- bdn --filter '*'  # the same under BenchmarkDotNet
        ```

        **How to read the tables.** `40x16` is a model of 40 gradients of 16 floats each. The first row holds the median time of a call and
        its quartiles. Every other row is that contender's time in units of the first: above 1, ClipGen is faster. Below it stand the
        quartiles of that ratio, which are the noise.

        **How it was measured.** In the runtime's default configuration. All contenders run in one process over the same memory,
        interleaved: in each round every one runs a batch of about 0.4 ms, or of one call, in an order drawn anew, and ratios are taken
        within a round. Every contender is first warmed up until the JIT no longer makes it faster, and shown to clip. *Clipping needed*:
        the limit lies one part in 10⁹ below the contender's own norm, so that every call reads all gradients, multiplies all of them, and
        leaves their values, which are then the same for the next call. *Not needed*: the limit is twice the norm.

        **The contenders.** *{GeneratedCode.OneThread}*: the generated `ClipGradients(limit)`, on one thread unless it says otherwise.
        *{GeneratedCode.KernelCalls}*: the same buffers in an array, so that each goes through a call where the compiler would otherwise
        have unrolled. *TensorPrimitives loop*: `SumOfSquares` and `Multiply` over an array of the buffers. *Scalar loop*: two nested loops
        with a `double` sum. *Reflection*: fields looked up once a type, read at every call, then the TensorPrimitives loop. *TorchSharp*:
        `torch.nn.utils.clip_grad_norm_` over parameters with gradients of the same shapes and values; it multiplies in every call, needed
        or not. *{MemorySweep.ReadOnly}*, and where clipping is needed *{MemorySweep.Both}*: the memory traffic alone, a bound and no way to
        clip, where the gradients take more than 4 MB.

        **TorchSharp's parameters** have tables of their own, in which all clip the very same parameters. *TorchGradients*:
        `TorchGradients.ClipNorm` over an array of them. *{GeneratedModule.Title}*: the generated `ClipGradients(limit)` of a module that
        registers them two a layer. *{TorchModuleClipGradNorm.Title}*: `clip_grad_norm_(module.parameters(), limit)` on one thread, with the
        same module.


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
        $"Clipping {(cases[0].ClippingNeeded ? "needed" : "not needed")}, {RatioRun.Describe(cases[0].Owner)}, {report.InstructionSet}",
        cases);
}

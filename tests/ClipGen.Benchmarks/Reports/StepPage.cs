using System.Text;
using ClipGen.Benchmarks.Contenders.Steps;
using ClipGen.Benchmarks.Measurement;
using ClipGen.Benchmarks.Models.Steps;

namespace ClipGen.Benchmarks.Reports;

/// <summary>The times of clip and step together, as a page of the documentation.</summary>
public static class StepPage
{
    private static readonly string Introduction =
        $"""
        # Benchmarks of clip and step

        This page shows how long it takes to clip the gradients of a model by their global norm and to update its parameters, in one call
        and in other ways.

        Repeat the measurements with

        ```
        dotnet run -c Release --project tests/ClipGen.Benchmarks -- steps                     # prints; add --write for this page
        dotnet run -c Release --project tests/ClipGen.Benchmarks -- steps --optimizers adamw --models 8x256,8x131072
        ```

        **How to read the tables.** `8x256` is a model with 8 parameters of 256 floats each.

        * The first row is the median time of a call, with its quartiles below.
        * Each other row is a contender: the median of its time divided by the time of the first row. Above 1, the first row is faster.
        * Below each ratio are its quartiles. They show the noise.

        **How it was measured.** As on [the page about clipping](benchmarks.md): in the runtime's default configuration, in one
        process, in rounds, on one thread unless a row says otherwise.

        * Before the measurement, each contender steps a new model of the same class three times. Its parameters must be those that the
          formula of the rule gives in `double`.
        * Gradients are clipped in every call. So that their values do not change, contenders that write the clipped gradients have a limit
          one part in 10⁹ below the norm. TorchSharp, which multiplies in every call, has a limit of twice the norm.
        * The learning rate is {StepContenderList.MeasuredLearningRate:0e-0}, so that parameters hardly change over many calls. The
          arithmetic is the same for any learning rate.
        * The weight decay of AdamW is {UpdateOptions.WeightDecay}, and the momentum of SGD {UpdateOptions.Momentum}.

        **The contenders:**

        * *{ModelClipAndStep.NameOf(1)}*: `optimizer.ClipAndStep(model)` with an annotated model that declares the limit
          {StepShapes.DeclaredLimit}.
        * *{ModelClipThenStep.Title}*: `model.ClipGradients(limit)` and `optimizer.Step(model)`.
        * *{ModelStep.Title}*: `optimizer.Step(model)`, which does not clip.
        * *{TensorPrimitivesSteps.Title}*: `SumOfSquares` and `Multiply`, then one function of `TensorPrimitives` for each operation of
          the update.
        * *TorchSharp*: `torch.nn.utils.clip_grad_norm_` and TorchSharp's own `step()`.
        * *{FusedAdamW.Title}*: `clip_grad_norm_` and `aten::_fused_adamw_`. TorchSharp does not
          expose this kernel, so it is called through libtorch's C function `torch_call_dispatcher`. Its lists of tensors are created in
          every call, because every caller has to create them.
        * *{TorchClipAndStep.NameOf(1)}*: ClipGen's `optimizer.ClipAndStep(limit)` on TorchSharp's optimizer and
          its states.



        """;

    /// <summary>Writes the page.</summary>
    /// <param name="report">The report, or null for the text alone.</param>
    /// <param name="chart">The URL of the chart, or null for none.</param>
    public static string Create(StepReport? report, string? chart)
    {
        var page = new StringBuilder(Introduction);
        if (report is not null)
        {
            if (chart is not null) page.AppendLine($"![Time of AdamW in units of ClipAndStep's]({chart})").AppendLine();

            page.AppendLine(Machine.Describe());
            AppendTargets(page, report);
            foreach ((UpdateRule rule, GradientOwner owner, CaseResult[] cases) in report.Tables)
                MarkdownTable.Append(page, report.Describe(rule, owner), cases);
        }

        return page.Replace("\r\n", "\n").ToString().TrimEnd('\n') + "\n";
    }

    private static void AppendTargets(StringBuilder page, StepReport report)
    {
        CaseResult[] cases = [.. report.Cases.Where(each => each.Rule == UpdateRule.AdamW).Select(each => each.Result)];
        CaseResult[] arrays = [.. cases.Where(each => each.Owner == GradientOwner.Arrays)];
        if (arrays.Length == 0) return;

        MarkdownTable.AppendHead(page, "AdamW: what is required, and what was measured", arrays);
        foreach (StepTarget target in StepTarget.All)
        {
            IEnumerable<CaseResult?> results =
                arrays.Select(column => cases.FirstOrDefault(each => each.Owner == target.Owner && each.Model == column.Model));
            string[] cells = [.. results.Select(result => target.Compare(result, "<br>"))];
            if (cells.Any(cell => cell.Length > 0)) MarkdownTable.AppendRow(page, [target.Name, .. cells]);
        }
    }
}

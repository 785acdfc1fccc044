using System.Globalization;
using ClipGen.Benchmarks.Contenders;
using ClipGen.Benchmarks.Contenders.Steps;
using ClipGen.Benchmarks.Measurement;
using ClipGen.Benchmarks.Models;
using ClipGen.Benchmarks.Models.Steps;

namespace ClipGen.Benchmarks.Reports;

/// <summary>A target ratio of the project for AdamW.</summary>
/// <param name="Name">The name in the table.</param>
/// <param name="Owner">The owner of the gradients.</param>
/// <param name="Contender">The contender of the ratio.</param>
/// <param name="IsInverse">True if the ratio is the time of the first contender divided by the time of this one.</param>
/// <param name="Bound">The bound for models that fit into the caches.</param>
/// <param name="BoundBeyondCaches">The bound for models that do not fit into the caches.</param>
/// <param name="IsLargest">True if the bound is the largest allowed ratio, and false if it is the smallest.</param>
internal sealed record StepTarget(
    string Name, GradientOwner Owner, string Contender, bool IsInverse, double Bound, double BoundBeyondCaches, bool IsLargest = false)
{
    /// <summary>All targets.</summary>
    public static readonly IReadOnlyList<StepTarget> All =
    [
        new("TorchSharp's clip and step ÷ ClipAndStep, arrays", GradientOwner.Arrays, TorchClipGradNorm.NameOf(1), false, 5, 3),
        new(
            "TorchSharp's clip and step ÷ ClipAndStep, TorchSharp's optimizer", GradientOwner.Torch, TorchClipGradNorm.NameOf(1), false, 5,
            3),
        new("fused kernel of libtorch ÷ ClipAndStep, arrays", GradientOwner.Arrays, FusedAdamW.Title, false, 1, 1),
        new("fused kernel of libtorch ÷ ClipAndStep, TorchSharp's optimizer", GradientOwner.Torch, FusedAdamW.Title, false, 1, 1),
        new("TensorPrimitives loop ÷ ClipAndStep", GradientOwner.Arrays, TensorPrimitivesSteps.Title, false, 2, 2),
        new("ClipAndStep ÷ Step alone", GradientOwner.Arrays, ModelStep.Title, true, 1.25, 1.15, IsLargest: true),
        new("one thread ÷ two threads, arrays", GradientOwner.Arrays, ModelClipAndStep.NameOf(2), true, 1.6, 1.6),
        new("one thread ÷ two threads, TorchSharp's optimizer", GradientOwner.Torch, TorchClipAndStep.NameOf(2), true, 1.6, 1.6),
    ];

    /// <summary>
    /// Returns the target and the measured ratio, with a note if the target was missed. Returns an empty string if nothing was measured.
    /// </summary>
    /// <param name="result">The result of a model.</param>
    /// <param name="separator">The text between the two.</param>
    public string Compare(CaseResult? result, string separator)
    {
        if (result?.Find(Contender) is not { } found) return "";

        ModelShape shape = StepShapes.All.First(each => each.Name == result.Model);
        double bound = shape.IsBeyondCaches ? BoundBeyondCaches : Bound;
        double measured = IsInverse ? 1 / found.Ratio.Median : found.Ratio.Median;
        bool isReached = IsLargest ? measured <= bound : measured >= bound;
        string target = string.Create(CultureInfo.InvariantCulture, $"{(IsLargest ? '≤' : '≥')} {bound}");
        return $"{target}{separator}{CaseCells.Digits(measured)}{(isReached ? "" : ", missed")}";
    }
}

using System.Globalization;
using ClipGen.Benchmarks.Contenders;
using ClipGen.Benchmarks.Contenders.Steps;
using ClipGen.Benchmarks.Measurement;
using ClipGen.Benchmarks.Models;
using ClipGen.Benchmarks.Models.Steps;

namespace ClipGen.Benchmarks.Reports;

/// <summary>A ratio that the project sets itself for AdamW.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Owner">What holds the gradients.</param>
/// <param name="Contender">The contender whose ratio it is.</param>
/// <param name="IsInverse">Whether it is the time of the first contender in units of this one's.</param>
/// <param name="Bound">The bound for models within the caches.</param>
/// <param name="BoundBeyondCaches">The bound for models beyond them.</param>
/// <param name="IsLargest">Whether the ratio may not be greater than the bound, rather than not smaller.</param>
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

    /// <summary>The target and what was measured, with a word where it was not reached; empty where nothing was measured.</summary>
    /// <param name="result">The result of a model.</param>
    /// <param name="separator">What stands between the two.</param>
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

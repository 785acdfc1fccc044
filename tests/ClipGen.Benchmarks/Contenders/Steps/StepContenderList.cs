using ClipGen.Benchmarks.Measurement;
using ClipGen.Benchmarks.Models;
using ClipGen.Benchmarks.Models.Steps;
using ClipGen.Optimizers;
using TorchCharLstm;

namespace ClipGen.Benchmarks.Contenders.Steps;

/// <summary>The contenders for steps.</summary>
public static class StepContenderList
{
    /// <summary>So small that many calls do not change the parameters. The arithmetic is the same as for other rates.</summary>
    public const double MeasuredLearningRate = 1e-12;

    /// <summary>All contenders over one model.</summary>
    /// <param name="empty">The model, with zero gradients.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="withTwoThreads">True to add some contenders a second time, with two threads.</param>
    public static IReadOnlyList<StepContender> Create(IBenchmarkModel empty, UpdateRule rule, double learningRate, bool withTwoThreads)
    {
        IStepModel model = StepShapes.Fill(empty);

        // One optimizer for all contenders with this model, so that they use the same states in the same memory.
        Optimizer optimizer = UpdateOptions.Create(rule, learningRate);
        var contenders = new List<StepContender>
        {
            new ModelClipAndStep(model, optimizer, threads: 1),
            new ModelClipThenStep(model, optimizer),
            new ModelStep(model, optimizer),
            new TensorPrimitivesSteps(model, rule, learningRate),
        };
        if (withTwoThreads) contenders.Insert(1, new ModelClipAndStep(model, optimizer, threads: 2));

        if (Libtorch.WhyNot is not null) return contenders;

        var training = new TorchTraining(new TorchParameters(model.Gradients, model.Parameters), rule, learningRate);
        contenders.Add(new TorchClipAndStep(training, threads: 1));
        if (withTwoThreads) contenders.Add(new TorchClipAndStep(training, threads: 2));

        contenders.Add(new TorchClipThenStep(training, threads: 1));
        if (withTwoThreads) contenders.Add(new TorchClipThenStep(training, threads: 2));

        if (rule == UpdateRule.AdamW) contenders.Add(new FusedAdamW(training.Parameters, learningRate));

        return contenders;
    }

    /// <summary>
    /// Returns true if a contender is in the tables for gradients that <paramref name="owner"/> holds. TorchSharp's own step is in both.
    /// </summary>
    /// <param name="owner">The owner of the gradients.</param>
    /// <param name="contender">The name of the contender in the tables.</param>
    public static bool TakesPart(GradientOwner owner, string contender)
    {
        bool isOurs = contender == TorchClipAndStep.NameOf(1) || contender == TorchClipAndStep.NameOf(2);
        bool isTheirs =
            contender == TorchClipGradNorm.NameOf(1) || contender == TorchClipGradNorm.NameOf(2) || contender == FusedAdamW.Title;
        return owner == GradientOwner.Arrays ? !isOurs : isOurs || isTheirs;
    }
}

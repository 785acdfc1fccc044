using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops;

/// <summary>The rules about training loops, CLIP101 and up.</summary>
internal static class TrainingLoopRules
{
    public static readonly DiagnosticDescriptor StepOnUnclippedGradients = RuleDescriptor.Create(
        "CLIP101",
        "An optimizer steps on gradients that no path clips",
        "'{0}' steps '{1}' on the gradients of {2}, and nothing clips them in between. {3}.",
        DiagnosticSeverity.Warning,
        "One batch with an exploding gradient is enough to ruin the weights. Clip between the backward pass and the step.");

    public static readonly DiagnosticDescriptor ClipAfterStep = RuleDescriptor.Create(
        "CLIP102",
        "Gradients are clipped after the optimizer stepped on them",
        "'{0}' clips the gradients of {2} after '{1}' stepped on them, when it has no effect any more. Move the clip before the step.",
        DiagnosticSeverity.Warning,
        "The step has read the gradients as they were. Clip between the backward pass and the step.");

    public static readonly DiagnosticDescriptor ClipBeforeBackward = RuleDescriptor.Create(
        "CLIP103",
        "Gradients are clipped before the backward pass computes them",
        "'{0}' clips before the backward pass ({2}) computes the gradients that '{1}' steps on. Move the clip between the backward pass and the step.",
        DiagnosticSeverity.Warning,
        "The clip works on the gradients of the step before, or on none.");

    public static readonly DiagnosticDescriptor ResetBeforeStep = RuleDescriptor.Create(
        "CLIP104",
        "Gradients are reset between the backward pass and the step",
        "'{0}' resets the gradients of {2} before '{1}' steps on them. {3}.",
        DiagnosticSeverity.Warning,
        "The step sees zeros, or only the last of several accumulated micro-batches.");

    public static readonly DiagnosticDescriptor ClipEveryMicroBatch = RuleDescriptor.Create(
        "CLIP105",
        "Accumulated gradients are clipped at every micro-batch",
        "'{0}' clips at every micro-batch, while '{1}' steps only after several. Clip the sum once, right before the step.",
        DiagnosticSeverity.Info,
        "The sum of clipped partial sums is not the clipped gradient: early micro-batches are scaled down again and again.");

    public static readonly DiagnosticDescriptor ClipOtherNetwork = RuleDescriptor.Create(
        "CLIP106",
        "The clipped network is not the one that is stepped",
        "'{0}' clips '{3}', while '{1}' holds the parameters of '{2}'. Clip all that the optimizer steps.",
        DiagnosticSeverity.Info,
        "A norm over a part of the gradients limits only that part.");

    public static readonly DiagnosticDescriptor NeverReset = RuleDescriptor.Create(
        "CLIP107",
        "Gradients are never reset in a loop that steps",
        "'{0}' steps '{1}' in a loop in which nothing resets the gradients, so that those of {2} pile up. Call zero_grad() once per step.",
        DiagnosticSeverity.Info,
        "A backward pass adds to the gradients that are there. Without a reset each step repeats all steps before.");

    public static readonly DiagnosticDescriptor NeverClipped = RuleDescriptor.Create(
        "CLIP108",
        "A model declares clipping that nothing calls",
        "'{0}' declares gradient clipping, and nothing in the program calls its ClipGradients(). Call it, or Gradients.Clip where the model is "
            + "known by a base type, between the backward pass and the step.",
        DiagnosticSeverity.Warning,
        "The attribute generates the clipping code; the training loop has to call it.",
        WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor IgnoredResult = RuleDescriptor.Create(
        "CLIP109",
        "The result of clipping is ignored although it does not throw",
        "'{0}' ignores what {1} found, and under NonFinitePolicy.{2} nobody learns of a NaN or an infinity. Look at ClipResult.IsFinite.",
        DiagnosticSeverity.Info,
        "Under Throw, non-finite gradients stop the training. Under the other policies only the result tells of them.");

    public static readonly DiagnosticDescriptor InfiniteLimit = RuleDescriptor.Create(
        "CLIP110",
        "An infinite limit is used to read the norm",
        "'{0}' clips with an infinite limit, which clips nothing. {1}.",
        DiagnosticSeverity.Info,
        "Reading the norm and clipping are two things; a clip that never clips misleads the reader.");

    public static readonly DiagnosticDescriptor ClipOncePerEpoch = RuleDescriptor.Create(
        "CLIP111",
        "Clipped once per epoch, stepped once per batch",
        "'{0}' clips outside the loop in which '{1}' steps on the gradients of {2}. Move the clip into that loop, before the step.",
        DiagnosticSeverity.Info,
        "All steps of the inner loop but at most one see unclipped gradients.");

    public static readonly DiagnosticDescriptor ClipOnSomePaths = RuleDescriptor.Create(
        "CLIP112",
        "Gradients are clipped on some paths only",
        "'{0}' steps '{1}' on gradients of {2} that are clipped only when '{3}'. Clip before every step.",
        DiagnosticSeverity.Info,
        "The steps in between see unclipped gradients, and one of them is enough to ruin the weights.");
}

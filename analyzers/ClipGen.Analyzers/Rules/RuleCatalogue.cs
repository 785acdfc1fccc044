using ClipGen.Generator.Checks;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Rules;

/// <summary>Every rule: its id, title, message, severity and description. Category and help link are the same for all.</summary>
internal static class RuleCatalogue
{
    private const string Category = "ClipGen";

    public static readonly DiagnosticDescriptor NotPartial = Error(
        RuleIds.NotPartial,
        "The type must be partial",
        "'{0}' {1}, so that clipping code can be added to {2}");

    public static readonly DiagnosticDescriptor NothingToClip = Warning(
        RuleIds.NothingToClip,
        "A clip attribute without gradients",
        "'{0}' has a clip attribute but neither declares nor holds a gradient; mark its gradient buffers with [Gradient], pass local ones "
            + "to Gradients.ClipNorm, or store the gradients first if the backward pass applies them directly");

    public static readonly DiagnosticDescriptor CannotBeClipped = Error(
        RuleIds.CannotBeClipped,
        "The gradient cannot be clipped",
        "The gradient '{0}' cannot be clipped: {1}. Forms that work: {2}.");

    public static readonly DiagnosticDescriptor InvalidLimit = Error(
        RuleIds.InvalidLimit,
        "The limit is not valid",
        "The {0} of '{1}' is {2}; it {3}");

    public static readonly DiagnosticDescriptor ContradictingLimits = Error(
        RuleIds.ContradictingLimits,
        "Clip attributes contradict each other",
        "Contradicting limits: {0}");

    public static readonly DiagnosticDescriptor ParameterWithoutGradient = Error(
        RuleIds.ParameterWithoutGradient,
        "The parameter's gradient does not fit",
        "The gradient '{1}' that the parameter '{0}' names {2}");

    public static readonly DiagnosticDescriptor UndeclaredGradient = Warning(
        RuleIds.UndeclaredGradient,
        "A gradient is neither declared nor left out",
        "'{0}' {1}, so {2} leaves it out. {3}");

    public static readonly DiagnosticDescriptor SuspiciouslySmallLimit = Info(
        RuleIds.SuspiciouslySmallLimit,
        "The limit is suspiciously small",
        "The limit {0} is below {1}: nearly every gradient is scaled down to it, and training is slow. {2}.",
        "Gradient norms of common networks lie between 0.01 and 100. A limit far below that scales every gradient to the same norm.");

    public static readonly DiagnosticDescriptor SuspiciouslyLargeLimit = Warning(
        RuleIds.SuspiciouslyLargeLimit,
        "The limit is suspiciously large",
        "The limit {0} is above {1}: no gradient reaches it before the weights are ruined. {2}.",
        "A limit that no gradient reaches does not protect the training.");

    public static readonly DiagnosticDescriptor ReservedMember = Error(
        RuleIds.ReservedMember,
        "The member conflicts with a generated one",
        "'{0}' is generated for '{1}'; {2}");

    public static readonly DiagnosticDescriptor BackReference = Error(
        RuleIds.BackReference,
        "The member leads back to what holds it",
        "'{0}' leads back to '{1}', so the traversal of its gradients would not end; mark it [ClipIgnore], or [Gradient] if it holds "
            + "other objects of the type, as the nodes of a tree do");

    public static readonly DiagnosticDescriptor TorchAdapterMissing = Error(
        RuleIds.TorchAdapterMissing,
        "The package ClipGen.TorchSharp is missing",
        "'{0}' is a TorchSharp module, whose gradients are clipped by the package ClipGen.TorchSharp; add a reference to it");

    public static readonly DiagnosticDescriptor TorchClipFunction = Info(
        RuleIds.TorchClipFunction,
        "TorchGradients clips faster and without overflow",
        "'{0}' {1}; {2}");

    public static readonly DiagnosticDescriptor LanguageVersion = Error(
        RuleIds.LanguageVersion,
        "The language version is too old",
        "No clipping code is generated for '{0}': the project is compiled as C# {1}, and generated code needs C# 8 or later; set "
            + "LangVersion to 8 or higher, or remove it from the project");

    public static readonly DiagnosticDescriptor HeldByNoSource = Warning(
        RuleIds.HeldByNoSource,
        "The member holds gradients through a type that is no gradient source",
        "'{0}' holds '{1}', which is no gradient source, but '{2}' has gradients: they are in no norm. {3}, or mark the member "
            + "[ClipIgnore].");

    public static readonly DiagnosticDescriptor CachedActivation = Warning(
        RuleIds.CachedActivation,
        "Cached activations are clipped as if they were weights",
        "'{0}' is filled by '{1}' and may hold activations, whose gradients then count in the norm of '{2}'. "
            + "Mark it [ClipIgnore] if it caches activations, or [Gradient] if it holds weights.");

    public static readonly DiagnosticDescriptor SteppedWithoutParameter = Warning(
        RuleIds.SteppedWithoutParameter,
        "A gradient that an optimizer steps has no parameter",
        "'{0}.{1}' steps '{2}', and the gradient '{3}' has no parameter, so the step throws. {4}.",
        "For each gradient of the model, an optimizer needs to know which member holds the parameter.");

    public static readonly DiagnosticDescriptor ComparedWithoutParameter = Warning(
        RuleIds.ComparedWithoutParameter,
        "A gradient that is compared with its weights has no parameter",
        "[AdaptiveClip] of '{0}' compares each gradient with its parameter, and '{1}' has none, so the clip throws. {2}.",
        "Adaptive gradient clipping limits the gradient of each unit by the norm of its weights. For each gradient it has to know "
            + "which member holds them.");

    public static readonly DiagnosticDescriptor UnevenUnits = Error(
        RuleIds.UnevenUnits,
        "The gradient is not divided into equal units",
        "The UnitLength {0} of '{1}' is not valid: {2}");

    public static readonly DiagnosticDescriptor AdaptiveLastLayer = Info(
        RuleIds.AdaptiveLastLayer,
        "Adaptive gradient clipping on the last layer",
        "'{0}' looks like the last layer of '{1}', which adaptive gradient clipping leaves out in the paper. Give it a limit of its "
            + "own, such as [ClipGradNorm(1.0)].",
        "The norm of the last layer's weights says little of how large its gradients may be. The paper that introduced the method "
            + "clips all layers but the last.");

    public static readonly DiagnosticDescriptor ForgetfulLimit = Warning(
        RuleIds.ForgetfulLimit,
        "An adaptive limit is created for each call",
        "'{0}' receives a new {1}, whose state is empty at every call. Create it once, in a field or before the loop.",
        "An adaptive limit object contains its state. An object that is created for each call has seen only a single norm.");

    public static readonly DiagnosticDescriptor StepOnUnclippedGradients = Warning(
        RuleIds.StepOnUnclippedGradients,
        "An optimizer steps on gradients that no path clips",
        "'{0}' steps {1} on the gradients of {2}, and nothing clips them in between. {3}.",
        "One batch with an exploding gradient is enough to ruin the weights. Clip between the backward pass and the step.");

    public static readonly DiagnosticDescriptor ClipAfterStep = Warning(
        RuleIds.ClipAfterStep,
        "Gradients are clipped after the optimizer stepped on them",
        "'{0}' clips the gradients of {2} after '{1}' stepped on them, where it has no effect. Move the clip before the step.",
        "The step has read the unclipped gradients. Clip between the backward pass and the step.");

    public static readonly DiagnosticDescriptor ClipBeforeBackward = Warning(
        RuleIds.ClipBeforeBackward,
        "Gradients are clipped before the backward pass computes them",
        "'{0}' clips before the backward pass ({2}) computes the gradients that '{1}' steps on. Move the clip between the backward pass "
            + "and the step.",
        "The clip sees the gradients of the step before, or none.");

    public static readonly DiagnosticDescriptor ResetBeforeStep = Warning(
        RuleIds.ResetBeforeStep,
        "Gradients are reset between the backward pass and the step",
        "'{0}' resets the gradients of {2} before '{1}' steps on them. {3}.",
        "The step sees zeros, or only the last of several accumulated micro-batches.");

    public static readonly DiagnosticDescriptor ClipEveryMicroBatch = Info(
        RuleIds.ClipEveryMicroBatch,
        "Accumulated gradients are clipped at every micro-batch",
        "'{0}' clips at every micro-batch, while '{1}' steps only after several. Clip the sum once, right before the step.",
        "The sum of clipped partial sums is not the clipped gradient: early micro-batches are scaled down several times.");

    public static readonly DiagnosticDescriptor ClipOtherNetwork = Info(
        RuleIds.ClipOtherNetwork,
        "The clipped network is not the one that is stepped",
        "'{0}' clips '{3}', while '{1}' holds the parameters of '{2}'. Clip all that the optimizer steps.",
        "A norm over some of the gradients limits only those.");

    public static readonly DiagnosticDescriptor NeverReset = Info(
        RuleIds.NeverReset,
        "Gradients are never reset in a loop that steps",
        "'{0}' steps {1} in a loop in which nothing resets the gradients, so that those of {2} add up. Call zero_grad() once per step.",
        "A backward pass adds to the existing gradients. Without a reset, each step includes the gradients of all batches before it.");

    public static readonly DiagnosticDescriptor NeverClipped = Warning(
        RuleIds.NeverClipped,
        "A model declares clipping that nothing calls",
        "'{0}' declares gradient clipping, and nothing in the program calls its ClipGradients(). Call it, or Gradients.Clip where the "
            + "model is known by a base type, between the backward pass and the step.",
        "The attribute generates the clipping code; the training loop has to call it.",
        WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor IgnoredResult = Info(
        RuleIds.IgnoredResult,
        "The result of clipping is ignored although it does not throw",
        "'{0}' ignores the result of {1}, and under NonFinitePolicy.{2} only the result reports a NaN or an infinity. Check "
        + "ClipResult.IsFinite.",
        "Under Throw, non-finite gradients throw an exception. Under the other policies only the result reports them.");

    public static readonly DiagnosticDescriptor InfiniteLimit = Info(
        RuleIds.InfiniteLimit,
        "An infinite limit is used to read the norm",
        "'{0}' clips with an infinite limit, which clips nothing. {1}.",
        "A clip that never clips misleads the reader. There are methods that only read the norm.");

    public static readonly DiagnosticDescriptor ClipOncePerEpoch = Info(
        RuleIds.ClipOncePerEpoch,
        "Clipped once per epoch, stepped once per batch",
        "'{0}' clips outside the loop in which '{1}' steps on the gradients of {2}. Move the clip into that loop, before the step.",
        "All steps of the inner loop but at most one see unclipped gradients.");

    public static readonly DiagnosticDescriptor ClipOnSomePaths = Info(
        RuleIds.ClipOnSomePaths,
        "Gradients are clipped on some paths only",
        "'{0}' steps {1} on gradients of {2} that are clipped only when '{3}'. Clip before every step.",
        "The other steps use unclipped gradients, and one of them is enough to ruin the weights.");

    public static readonly DiagnosticDescriptor TrainingNotRecognized = Info(
        RuleIds.TrainingNotRecognized,
        "A training loop is not recognized",
        "'{0}' {1} in a loop in which no {2} is recognized, so that no rule checks it. {3}.",
        "The rules about training loops compare the clip with the backward pass and the step. If one of them is not recognized, they "
            + "are silent.");

    public static readonly DiagnosticDescriptor ClippedTwice = Info(
        RuleIds.ClippedTwice,
        "Gradients are clipped before a call that clips them",
        "'{0}' clips gradients that '{1}' clips as well. Remove one of the clips.",
        "A second clip costs a pass over all gradients, and reports the norm of clipped gradients.");

    public static readonly DiagnosticDescriptor ClipAndStepInOne = Info(
        RuleIds.ClipAndStepInOne,
        "A clip and a step can be one call",
        "'{0}' clips and steps all that '{1}' holds. '{1}.ClipAndStep' does both in one pass over memory.",
        "A separate clip costs another pass over memory, and can get lost when the code changes.");

    public static readonly DiagnosticDescriptor ClippedBeforeUnscaling = Warning(
        RuleIds.ClippedBeforeUnscaling,
        "Gradients are clipped before the loss scale is divided out",
        "'{0}' clips gradients that still contain the loss scale, and '{1}' divides it out afterwards. Remove this clip: '{1}' clips.",
        "Gradients of a scaled loss are larger by the factor of the loss scale. A clip before the scale is divided out clips nearly every "
            + "step, to a norm that changes with the scale.");

    public static readonly DiagnosticDescriptor LimitClippedNearlyAll = Warning(
        RuleIds.LimitClippedNearlyAll,
        "The limit clipped nearly every step of a recorded run",
        "The limit {0} clipped {1} of the {2} steps of the run '{3}', whose norms were: {4}.{5}",
        "Where nearly every step is scaled down to the limit, the size of the gradient is lost, and the limit acts as a smaller "
            + "learning rate.");

    public static readonly DiagnosticDescriptor LimitNeverClipped = Warning(
        RuleIds.LimitNeverClipped,
        "The limit lies far above every norm of a recorded run",
        "The limit {0} clipped none of the {1} steps of the run '{2}', whose norms were: {3}.{4}",
        "A limit more than ten times as large as every recorded norm lets a gradient grow tenfold before it does anything.");

    public static readonly DiagnosticDescriptor GradientWasNotFinite = Warning(
        RuleIds.GradientWasNotFinite,
        "A gradient was not finite in a recorded run",
        "The gradient '{0}' held a NaN or an infinity in {1} of the {2} steps of the run '{3}', first at step {4}. "
            + "The norms of the other steps were: {5}.{6}",
        "Clipping cannot repair a NaN. It comes from an operation in the forward or backward pass, or from a step that was "
            + "too large before.");

    public static readonly DiagnosticDescriptor StaleRecord = Info(
        RuleIds.StaleRecord,
        "A recorded run is not used",
        "The record '{0}' is not used: {1}",
        "Norms of other gradients say nothing about a limit. A record names the gradients that it was made of.");

    private static DiagnosticDescriptor Error(string id, string title, string message, string? description = null) =>
        Create(id, title, message, DiagnosticSeverity.Error, description);

    private static DiagnosticDescriptor Warning(
        string id, string title, string message, string? description = null, params string[] tags) =>
        Create(id, title, message, DiagnosticSeverity.Warning, description, tags);

    private static DiagnosticDescriptor Info(string id, string title, string message, string? description = null) =>
        Create(id, title, message, DiagnosticSeverity.Info, description);

    private static DiagnosticDescriptor Create(
        string id, string title, string message, DiagnosticSeverity severity, string? description, params string[] tags) =>
        new(
            id,
            title,
            message,
            Category,
            severity,
            isEnabledByDefault: true,
            description,
            helpLinkUri: $"https://github.com/clipgen/clipgen/blob/main/docs/rules/{id}.md",
            customTags: tags);
}

using ClipGen.Analyzers.Semantics;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Roles;

/// <summary>The names that hand-written networks use. A name is only a hint. The caller decides how much it counts.</summary>
internal static class TrainingVocabulary
{
    private static readonly HashSet<string> UpdateNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "ApplyUpdates", "GradientDescentStep", "OptimizerStep", "StepOptimizer",
    };

    private static readonly HashSet<string> OptimizerUpdateNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "Step", "StepAsync", "Update", "UpdateAll", "Apply", "Optimize", "UpdateLayer", "UpdateNetwork", "Minimize",
    };

    private static readonly string[] TrainingStems = ["backw", "backp", "clip", "grad", "optim"];

    // A program can have such a method and no other training word.
    private static readonly string[] UpdateStems = ["updateweight", "adjustweight", "changeweight", "correctweight"];

    // Each update stem contains one of these, so that a text is searched for two words instead of four.
    private static readonly string[] UpdateEnds = ["eweight", "tweight"];

    // Some programs name nothing after training but the network and its neurons, in any language. Perceptrons are often trained by another
    // rule, without gradients.
    private static readonly string[] NetworkStems = ["neural", "neuro"];

    /// <summary>Every training word contains one of these, so that a text without them needs no search for words.</summary>
    private static readonly string[] TextStems =
        [.. TrainingStems, .. UpdateEnds, .. NetworkStems, "step", "learn", "train", "lrate", "clamp_", "mul_", "div_", "fill_"];

    private static readonly string[] LimitingWords = ["clip", "clamp", "limit", "rescale", "normaliz", "normalis", "truncate", "cutgrad"];

    private static readonly string[] ClippedWords = ["norm", "param", "layer"];

    private static readonly string[] LineSearchWords = ["bfgs", "newton", "conjugate", "linesearch", "minimizer"];

    private static readonly string[] DrawingWords = ["image", "graphics"];

    private static readonly string[] ClippingConditionWords =
        ["clip", "norm", "max", "limit", "thresh", "grad", "finite", "nan", "inf", "clamp"];

    private static readonly string[] ClippingHints =
    [
        "clip", "clamp", "maxnorm", "max_norm", "gradnorm", "grad_norm", "gradientnorm", "gradlimit", "normalizegrad", "cutgrad",
    ];

    private static readonly string[] LargestGradient = ["maxgrad", "max_grad"];

    // In front of "max", words that have another meaning together with it: SoftmaxGradient is the gradient of a function.
    private static readonly string[] OtherMaxima = ["softmax", "soft_max", "minmax", "min_max", "argmax", "arg_max", "logmax"];

    /// <summary>Whether a method or type is named after an algorithm that searches along a line, which bounds its steps.</summary>
    public static bool IsLineSearch(string name) => ContainsAny(name, LineSearchWords);

    public static bool IsBackwardName(string name) => MethodPhrases.IsBackward(name);

    public static bool IsUpdateName(string name) => UpdateNames.Contains(name) || MethodPhrases.IsUpdate(name);

    public static bool IsOptimizerUpdateName(string name) => OptimizerUpdateNames.Contains(name) || IsUpdateName(name);

    /// <summary>
    /// Whether a method, by its name, clips gradients: <c>ClipGradNorm</c>, <c>clip_grads</c>, <c>ClipByGlobalNorm</c>,
    /// <c>NormalizeGradients</c>, <c>GradientClipper.Apply</c>. The test is generous, because a false positive only suppresses a warning.
    /// </summary>
    public static bool IsClipName(string method, string? type)
    {
        if (Contains(method, "unscale") || IsGradientOfNormalized(method))
            return false;
        bool limits = ContainsAny(method, LimitingWords);
        if (limits && (Contains(method, "grad") || Contains(method, "delta")))
            return true;
        if (Contains(method, "clip") && ContainsAny(method, ClippedWords))
            return true;
        if (string.Equals(method, "clip", StringComparison.OrdinalIgnoreCase)
            || string.Equals(method, "ClipAll", StringComparison.OrdinalIgnoreCase))
        {
            return type is null
                || !(type.EndsWith("Tensor", StringComparison.Ordinal) || type == "torch" || ContainsAny(type, DrawingWords));
        }
        return type is not null && Contains(type, "clip") && (Contains(type, "grad") || Contains(type, "norm"))
            && method is not (".ctor" or "ToString" or "Equals" or "GetHashCode" or "Dispose");
    }

    /// <summary><c>CalculateGradNormalized</c>: the gradient of normalized values, as in layer normalization.</summary>
    private static bool IsGradientOfNormalized(string method) =>
        method.EndsWith("GradNormalized", StringComparison.OrdinalIgnoreCase)
        || method.EndsWith("GradientNormalized", StringComparison.OrdinalIgnoreCase);

    public static bool IsResetName(string name) =>
        (Contains(name, "zero") || Contains(name, "clear") || Contains(name, "reset")) && Contains(name, "grad");

    /// <summary>Whether a name is about a limit or a norm, so that a condition on it configures a clip.</summary>
    public static bool IsAboutClipping(string name) => ContainsAny(name, ClippingConditionWords);

    /// <summary>Whether the source or the options of an optimizer say that it clips itself.</summary>
    public static bool HintsAtClipping(string text) =>
        (ContainsAny(text, ClippingHints) && !IsGradientOfNormalized(text))
        || (ContainsAny(text, LargestGradient) && !ContainsAny(text, OtherMaxima));

    /// <summary>Whether the type, a base class or an interface of it is named like an optimizer.</summary>
    public static bool IsOptimizerLike(ITypeSymbol? type) =>
        type.SelfAndBases().Any(current => IsOptimizerTypeName(current.Name))
        || (type is not null && type.AllInterfaces.Any(implemented => IsOptimizerTypeName(implemented.Name)));

    /// <summary>Whether an identifier may belong to training.</summary>
    public static bool IsTrainingWord(string word) =>
        ContainsAny(word, TrainingStems) || string.Equals(word, "step", StringComparison.OrdinalIgnoreCase)
        || IsWeightUpdate(word)
        || word is "clamp_" or "mul_" or "div_" or "masked_fill_" || IsLearningRate(word) || ContainsAny(word, NetworkStems);

    /// <summary>Whether a text can contain a training word.</summary>
    public static bool MayContainTrainingWord(string text) => ContainsAny(text, TextStems);

    /// <summary>Whether an identifier names one of ClipGen's clips. A loop with one is always analyzed.</summary>
    public static bool IsClipCall(string word) =>
        word is "ClipGradients" or "ClipNorm" or "ClipValue" or "ClipAndStep" or "ClipSharded" or "ClipAndStepSharded";

    /// <summary>Whether an identifier can name, mark or be part of a step.</summary>
    public static bool IsStepWord(string word) =>
        IsOptimizerUpdateName(word) || IsClipCall(word) || word is "sub_" or "add_" or "addcmul_" or "addcdiv_" or "copy_" or "set_"
        || Contains(word, "grad") || IsUpdateVariable(word);

    /// <summary>
    /// Whether an identifier names a gradient or a learning rate: <c>gw</c>, <c>nabla</c>, <c>eta</c>. In a program with a backward pass,
    /// the method around it may update parameters, whatever its name.
    /// </summary>
    public static bool IsUpdateVariable(string word) => NetworkNames.IsEnglishRate(word) || NetworkNames.IsGradient(word);

    /// <summary>Whether an identifier can name or mark a backward pass. A program without one is not analyzed.</summary>
    public static bool IsBackwardWord(string word) =>
        Contains(word, "backward") || Contains(word, "backp") || word == "autograd" || IsWeightUpdate(word)
        || IsBackwardName(word) || IsLearningRate(word) || ContainsAny(word, NetworkStems)
        || (Contains(word, "grad") && NetworkNames.IsGradient(word));

    /// <summary>Whether an identifier spells out a learning rate. Networks without other telling names have one.</summary>
    private static bool IsLearningRate(string word) =>
        (Contains(word, "learn") || Contains(word, "train") || Contains(word, "lrate")) && NetworkNames.IsEnglishRate(word);

    private static bool IsWeightUpdate(string word) => Contains(word, "weight") && ContainsAny(word, UpdateStems);

    public static bool Contains(string text, string part) => text.IndexOf(part, StringComparison.OrdinalIgnoreCase) >= 0;

    public static bool ContainsAny(string text, string[] parts)
    {
        foreach (string part in parts)
        {
            if (Contains(text, part))
                return true;
        }

        return false;
    }

    private static bool IsOptimizerTypeName(string name) =>
        !Contains(name, "scheduler")
        && (Contains(name, "optimizer") || Contains(name, "optimiser") || OptimizerNames.IsAlgorithm(name));
}

using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Roles;

/// <summary>The names that hand-written networks use. A name is only a hint: what it may decide is said where it is asked for.</summary>
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

    private static readonly string[] OptimizerTypeNames = ["Adam", "AdamW", "Sgd", "RmsProp", "Adagrad", "Adadelta", "NAdam", "RAdam", "Lion"];

    public static bool IsBackwardName(string name) => MethodPhrases.IsBackward(name);

    public static bool IsUpdateName(string name) => UpdateNames.Contains(name) || MethodPhrases.IsUpdate(name);

    public static bool IsOptimizerUpdateName(string name) => OptimizerUpdateNames.Contains(name) || IsUpdateName(name);

    /// <summary>
    /// A method that by its name clips gradients. Generous, because a clip that is seen where none is only costs a warning:
    /// <c>ClipGradNorm</c>, <c>clip_grads</c>, <c>ClipByGlobalNorm</c>, <c>NormalizeGradients</c>, <c>GradientClipper.Apply</c>.
    /// </summary>
    public static bool IsClipName(string method, string? type)
    {
        if (Contains(method, "unscale"))
            return false;
        bool limits = Contains(method, "clip") || Contains(method, "clamp") || Contains(method, "limit") || Contains(method, "rescale")
            || Contains(method, "normaliz") || Contains(method, "normalis") || Contains(method, "truncate");
        if (limits && (Contains(method, "grad") || Contains(method, "delta")))
            return true;
        if (Contains(method, "clip") && (Contains(method, "norm") || Contains(method, "param") || Contains(method, "weight") || Contains(method, "layer")))
            return true;
        if (string.Equals(method, "clip", StringComparison.OrdinalIgnoreCase) || string.Equals(method, "ClipAll", StringComparison.OrdinalIgnoreCase))
            return type is null || !(type.EndsWith("Tensor", StringComparison.Ordinal) || type == "torch" || Contains(type, "image") || Contains(type, "graphics"));
        return type is not null && Contains(type, "clip") && (Contains(type, "grad") || Contains(type, "norm"))
            && method is not (".ctor" or "ToString" or "Equals" or "GetHashCode" or "Dispose");
    }

    public static bool IsResetName(string name) =>
        (Contains(name, "zero") || Contains(name, "clear") || Contains(name, "reset")) && Contains(name, "grad");

    /// <summary>Whether a name says that it is about a limit or a norm, so that a condition on it is a configured clip.</summary>
    public static bool IsAboutClipping(string name) =>
        Contains(name, "clip") || Contains(name, "norm") || Contains(name, "max") || Contains(name, "limit") || Contains(name, "thresh")
        || Contains(name, "grad") || Contains(name, "finite") || Contains(name, "nan") || Contains(name, "inf") || Contains(name, "clamp");

    /// <summary>Whether an optimizer's source or options say that it clips on its own.</summary>
    public static bool HintsAtClipping(string text) =>
        Contains(text, "clip") || Contains(text, "clamp") || Contains(text, "maxnorm") || Contains(text, "max_norm") || Contains(text, "gradnorm")
        || Contains(text, "grad_norm") || Contains(text, "gradientnorm") || Contains(text, "gradlimit") || Contains(text, "maxgrad")
        || Contains(text, "max_grad") || Contains(text, "normalizegrad");

    public static bool IsOptimizerLike(ITypeSymbol? type)
    {
        for (ITypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            if (IsOptimizerTypeName(current.Name))
                return true;
        }

        return type is not null && type.AllInterfaces.Any(implemented => IsOptimizerTypeName(implemented.Name));
    }

    /// <summary>Whether a word can have to do with training at all: the first and cheapest question.</summary>
    public static bool IsTrainingWord(string word) =>
        Contains(word, "backw") || Contains(word, "backp") || Contains(word, "clip") || Contains(word, "grad")
        || Contains(word, "optim") || string.Equals(word, "step", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a word can name, mark or write out a step.</summary>
    public static bool IsStepWord(string word) =>
        IsOptimizerUpdateName(word) || word is "sub_" or "add_" or "addcmul_" or "addcdiv_" or "copy_" or "set_" or "grad";

    /// <summary>Whether a training word can name or mark a backward pass; without one in the program there is nothing to watch.</summary>
    public static bool IsBackwardWord(string word) =>
        Contains(word, "backward") || Contains(word, "backp") || IsBackwardName(word);

    public static bool Contains(string text, string part) => text.IndexOf(part, StringComparison.OrdinalIgnoreCase) >= 0;

    private static bool IsOptimizerTypeName(string name)
    {
        if (Contains(name, "scheduler"))
            return false;
        if (Contains(name, "optimizer") || Contains(name, "optimiser"))
            return true;
        foreach (string known in OptimizerTypeNames)
        {
            if (string.Equals(name, known, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}

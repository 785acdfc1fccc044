using ClipGen.Analyzers.Declarations.Undeclared;

namespace ClipGen.Analyzers.TrainingLoops.Roles;

/// <summary>
/// The names of variables in hand-written networks. A name alone decides nothing. It selects the variables of an update that are analyzed.
/// </summary>
internal static class NetworkNames
{
    /// <summary>The length of wxh and dwx.</summary>
    private const int LongestLetters = 3;

    private static readonly HashSet<string> GradientWords = ["grad", "grads", "gradient", "gradients", "nabla"];

    // Words for the norm of a gradient, its limit, and the value that it is compared with.
    private static readonly HashSet<string> AboutGradients =
    [
        "norm", "norms", "clip", "scale", "limit", "max", "min", "threshold", "check", "checker", "numeric", "numerical", "expected",
        "approx",
        "magnitude", "squared", "sq",
    ];

    // Words for a picture of a gradient, or for its description. Such a word can also name the parameter: contextTypeEmbeddingGrad.
    private static readonly HashSet<string> Descriptions =
    [
        "count", "enabled", "brush", "color", "colors", "colour", "stop", "stops", "mode", "noise", "map", "texture", "style",
        "type", "angle", "length",
    ];

    // Words for a number or a position of parameters.
    private static readonly HashSet<string> ExtentWords =
        ["size", "sizes", "count", "length", "workspace", "shape", "stride", "index", "rows", "columns", "cols"];

    private static readonly HashSet<string> ErrorWords =
    [
        "delta", "deltas", "delt", "error", "errors", "err", "errs", "sigma", "sigmas", "signal", "signals", "sensitivity", "sensitivities",
        "loss", "losses", "derivative", "derivatives", "epsilons",
        // In Portuguese, Italian, Spanish, French, German, Polish, Turkish, Indonesian, Czech and Romanian.
        "erro", "erros", "errore", "errori", "errores", "erreur", "erreurs", "fehler", "blad", "bledy", "bledu",
        "delty", "hata", "hatasi", "hatalar", "hatalari", "galat", "chyba", "chyby", "eroare", "erori",
    ];

    private static readonly HashSet<string> ChangeWords =
    [
        "delta", "deltas", "delt", "diff", "diffs", "change", "changes", "update", "updates", "correction", "corrections", "adjustment",
        "adjustments", "adjust", "adjusts", "nudge", "nudges", "increment", "increments", "korekta", "korekty", "korekt",
    ];

    private static readonly HashSet<string> Connectives = ["in", "of", "for", "to"];

    // The loss, in a quotient of differentials.
    private static readonly HashSet<string> Losses = ["e", "c", "l", "j", "loss", "cost", "error"];

    // What a layer takes and computes, also by the letters of the formulas.
    private static readonly HashSet<string> LayerValues =
    [
        "in", "out", "input", "inputs", "output", "outputs", "value", "values", "activation", "activations", "hidden", "logits", "z", "a",
        "h",
    ];

    private static readonly HashSet<string> Earlier = ["prev", "previous", "last", "old", "momentum", "inertia", "velocity", "velocities"];

    private static readonly HashSet<string> RateWords = ["lr", "eta", "alpha", "alfa", "learningrate", "learnrate", "learnspeed",
        "learningspeed", "stepsize"];

    // To learn, in Turkish, Spanish and Portuguese, French, Italian, German, Polish, Russian, Indonesian, Czech and Dutch.
    private static readonly string[] LearningInOtherLanguages =
        ["ogrenme", "öğrenme", "aprendiza", "apprentissage", "apprendimento", "lern", "uczenia", "obuch", "belajar", "uceni", "leersnel"];

    // Rate, factor and speed in these languages.
    private static readonly HashSet<string> RatesInOtherLanguages =
    [
        "k", "rate", "lernrate", "factor", "faktor", "speed", "orani", "oranı", "katsayisi", "katsayısı", "hizi", "hızı", "tasa", "taxa",
        "taux", "tasso", "coeficiente", "velocidad", "wspolczynnik", "koef", "skorost", "laju", "rychlost", "leersnelheid",
    ];

    private static readonly string[] RateStems = ["learn", "lr", "train", "eta", "alpha", "alfa", "step"];

    private static readonly HashSet<string> SpelledRates = ["rate", "speed", "factor", "coefficient", "coef", "coeff", "step", "param",
        "parameter", "constant"];

    private static readonly NameMemo Gradients = new(FindGradient);

    private static readonly NameMemo MaybeGradients = new(FindMaybeGradient);

    private static readonly NameMemo Changes = new(FindChangeWord);

    private static readonly NameMemo Parameters = new(FindParameter);

    private static readonly NameMemo ForeignRates = new(FindForeignRate);

    /// <summary>
    /// <c>grad</c>, <c>weightGradients</c>, <c>dW</c>, <c>_db1</c>, but not <c>gradNorm</c>, <c>gradientBrush</c> or <c>grade</c>.
    /// </summary>
    public static bool IsGradient(string name) => Gradients.Of(name);

    private static bool FindGradient(string name)
    {
        if (name.Length < 2)
            return false;
        IReadOnlyList<string> words = IdentifierWords.Of(name);
        if (words.Count == 0 || words.Any(AboutGradients.Contains) || IsPair(words)
            || (words.Any(Descriptions.Contains) && !EndsAsGradientOfParameter(words)))
        {
            return false;
        }

        // directionB begins with a d and ends with a b.
        return words.Any(GradientWords.Contains)
            || (IsShortOrOfParameter(words) && StartsAsDifferential(words[0]) && GradientName.Parse(name) is { IsOfParameter: true });
    }

    /// <summary>
    /// A name of gradients and of many other values: <c>delta</c>, <c>outputErrors</c>, <c>weightChange</c>. It is a gradient only if an
    /// update of parameters uses it.
    /// </summary>
    public static bool MayBeGradient(string name) => MaybeGradients.Of(name);

    private static bool FindMaybeGradient(string name)
    {
        IReadOnlyList<string> words = IdentifierWords.Of(name);
        if (words.Any(Earlier.Contains))
            return false;

        // g_t is the gradient in the formulas of Adam.
        return words.Any(ErrorWords.Contains) || words is ["g", "t"] || IsChange(words) || IsDerivativeOfLoss(words)
            || IsDerivativeByValue(words);
    }

    /// <summary><c>errorDerivative</c>, <c>DerivativeError</c>: the derivative of the loss by anything.</summary>
    public static bool IsDerivativeOfError(string name) =>
        IdentifierWords.Of(name) is { Count: 2 } words
        && words.Any(word => word is "derivative" or "derivatives")
        && words.Any(word => word is "error" or "errors" or "loss" or "cost");

    /// <summary><c>outputError</c>, <c>lastDelta</c>: an error, of this step or another.</summary>
    public static bool NamesError(string name) => IdentifierWords.Of(name).Any(ErrorWords.Contains);

    /// <summary>A name of gradients, or of values that may be gradients.</summary>
    public static bool IsCandidate(string name) => IsGradient(name) || MayBeGradient(name);

    /// <summary>A name of gradients or errors, of this step or another: also <c>lastError</c>.</summary>
    public static bool IsCandidateOfAnyStep(string name) => IsCandidate(name) || NamesError(name);

    /// <summary>
    /// Whether the name is that of the change of a parameter, which includes the learning rate: <c>weightDiff</c>, <c>biasUpdates</c>.
    /// </summary>
    public static bool IsChange(string name) => IsChange(IdentifierWords.Of(name));

    /// <summary>
    /// Whether the name is that of a change, of parameters or of anything else: <c>deltas</c>, <c>corrections</c>, but not
    /// <c>lastDelta</c>.
    /// </summary>
    public static bool HasChangeWord(string name) => Changes.Of(name);

    private static bool FindChangeWord(string name)
    {
        IReadOnlyList<string> words = IdentifierWords.Of(name);
        return words.Any(ChangeWords.Contains) && !words.Any(Earlier.Contains);
    }

    /// <summary>
    /// <c>inputGateDiff</c>, <c>deltaW</c>: the change of a value. It is a gradient only if an update of that value uses it.
    /// </summary>
    public static bool IsNamedChange(string name) => SubjectOf(name) is not null;

    /// <summary>
    /// Whether the first name is that of the change of the second: <c>inputGateDiff</c> and <c>inputGate</c>, <c>changeInWeight</c> and
    /// <c>weights</c>.
    /// </summary>
    public static bool IsChangeOf(string change, string name) =>
        SubjectOf(change) is { } subject && subject == IdentifierWords.Stem(IdentifierWords.Of(name));

    private static string? SubjectOf(string change)
    {
        if (!HasChangeWord(change))
            return null;
        IReadOnlyList<string> words = IdentifierWords.Of(change);
        string subject = IdentifierWords.Stem(words.Where(word => !ChangeWords.Contains(word) && !Connectives.Contains(word)));
        return subject.Length == 0 ? null : subject;
    }

    /// <summary>
    /// <c>weights</c>, <c>_bias</c>, <c>theta</c>, <c>w1</c>, but not the state of an optimizer, a number of parameters, or a derivative.
    /// </summary>
    public static bool IsParameter(string name) => Parameters.Of(name);

    private static bool FindParameter(string name)
    {
        if (!(ParameterName.IsParameter(name) || NamesSynapse(name)) || IsGradient(name) || ParameterName.IsState(name))
            return false;
        IReadOnlyList<string> words = IdentifierWords.Of(name);
        return IsShortOrOfParameter(words)
            && !IsChange(words)
            && !words.Any(word => ExtentWords.Contains(word) || GradientWords.Contains(word) || ErrorWords.Contains(word))
            && !IsQuotient(words);
    }

    /// <summary>
    /// Whether the name is that of parameters of a network and of nothing else: <c>weights</c>, <c>biases</c>, <c>synapses</c>, but not
    /// <c>parameters</c> or <c>theta</c>, which other iterations change too.
    /// </summary>
    public static bool IsWeight(string name) =>
        IsParameter(name) && !name.StartsWith("param", StringComparison.OrdinalIgnoreCase)
        && (ParameterName.IsUnmistakable(name) || !ParameterName.IsParameter(name));

    /// <summary><c>learningRate</c>, <c>lr</c>, <c>eta</c>, <c>trainingRate</c>, and the same in other languages.</summary>
    public static bool IsLearningRate(string name) => IsEnglishRate(name) || ForeignRates.Of(name);

    /// <summary>
    /// <c>learningRate</c>, <c>lr</c>, <c>eta</c>, <c>trainingRate</c>. This is asked about every word of a program, so the other languages
    /// are left to where the word is a factor.
    /// </summary>
    public static bool IsEnglishRate(string name)
    {
        if (!TrainingVocabulary.ContainsAny(name, RateStems))
            return false;
        IReadOnlyList<string> words = IdentifierWords.Of(name);
        return words.Any(RateWords.Contains)
            || words is ["step", "size"] or ["l", "rate"] or ["lrate"]
            || (words.Any(word => word is "learn" or "learning" or "study" or "teaching") && words.Any(SpelledRates.Contains))
            || (words.Count == 2 && words[0] is "train" or "training" or "trainings" && words[1] is "rate" or "speed");
    }

    /// <summary><c>EducationSpeed</c>, <c>Coefficient</c>: a name of learning rates and of many other factors.</summary>
    public static bool IsSpelledRate(string name) => IdentifierWords.Of(name).Any(SpelledRates.Contains);

    private static bool FindForeignRate(string name)
    {
        if (!TrainingVocabulary.ContainsAny(name, LearningInOtherLanguages))
            return false;
        IReadOnlyList<string> words = IdentifierWords.Of(name);
        return words.Any(RatesInOtherLanguages.Contains)
            && words.Any(word => LearningInOtherLanguages.Any(stem => word.StartsWith(stem, StringComparison.Ordinal)));
    }

    /// <summary><c>parametersAndGradients</c>, but not <c>weightAndBiasGradients</c>.</summary>
    private static bool IsPair(IReadOnlyList<string> words)
    {
        int and = words.TakeWhile(word => word is not "and").Count();
        return and < words.Count
            && (words.Take(and).All(GradientWords.Contains) || words.Skip(and + 1).All(GradientWords.Contains));
    }

    private static bool NamesSynapse(string name) =>
        TrainingVocabulary.Contains(name, "syn") && IdentifierWords.Of(name).Any(IsSynapse);

    /// <summary><c>synapses</c>, <c>syn0</c>: weights, after the biology.</summary>
    private static bool IsSynapse(string word) => word is "syn" || word.StartsWith("synap", StringComparison.Ordinal);

    /// <summary><c>dEdS</c>, <c>dLoss_dOut</c>: the derivative of the loss by what a neuron computes.</summary>
    private static bool IsDerivativeOfLoss(IReadOnlyList<string> words) =>
        words.Count > 2 && words[0] is "d"
        && (Losses.Contains(words[1])
            ? words[2][0] is 'd'
            : words[1][words[1].Length - 1] is 'd' && Losses.Contains(words[1].Substring(0, words[1].Length - 1)));

    /// <summary><c>dOutput</c>, <c>dvalues</c>, <c>dZ</c>: the derivative of the loss by the values of a layer.</summary>
    private static bool IsDerivativeByValue(IReadOnlyList<string> words) =>
        words.Count > 0 && words[0][0] is 'd'
        && (words[0].Length > 1 ? LayerValues.Contains(words[0].Substring(1)) && words[0].Length > LongestLetters
            : words.Count > 1 && LayerValues.Contains(words[1]));

    private static bool EndsAsGradientOfParameter(IReadOnlyList<string> words) =>
        GradientWords.Contains(words[words.Count - 1])
        && words.Any(word => word.Length > LongestLetters && ParameterName.IsParameter(word));

    /// <summary>The derivative of one value by another: <c>dWeight_dOutput</c>.</summary>
    private static bool IsQuotient(IReadOnlyList<string> words) => words[0] is "d" && words.Skip(1).Contains("d");

    private static bool IsChange(IReadOnlyList<string> words) =>
        words.Any(ChangeWords.Contains)
        && words.Any(word => (word.Length > LongestLetters || words.Count == 2) && ParameterName.IsParameter(word));

    /// <summary>
    /// Whether the first letter of a name stands for a derivative: <c>d</c>, <c>dw</c>, <c>gbias</c>, but not <c>dense</c> or <c>gate</c>.
    /// </summary>
    private static bool StartsAsDifferential(string word) =>
        word[0] is 'd' or 'g'
        && (word.Length == 1 || (word[0] == 'd' && word.Length <= LongestLetters) || ParameterName.IsParameter(word.Substring(1))
            || word is "dloss" or "dcost" or "derror");

    /// <summary>
    /// Whether the letters w and b can stand for weights and biases: no other word says what they belong to, or another word says that they
    /// are parameters.
    /// </summary>
    private static bool IsShortOrOfParameter(IReadOnlyList<string> words) =>
        words[0].Length <= LongestLetters
        || words.Any(word => word.Length > LongestLetters
            && (ParameterName.IsParameter(word) || IsSynapse(word) || (word[0] is 'd' && ParameterName.IsParameter(word.Substring(1)))));
}

namespace ClipGen.Analyzers.Declarations.Undeclared;

/// <summary>A name that says that a member is a gradient, and of what.</summary>
/// <remarks>
/// The forms are those of public hand-written C# networks: <c>dW</c>, <c>d_weights</c>, <c>dw1</c>, <c>gradWeights</c>,
/// <c>biasGradient</c>, <c>weightGradsHidden</c>, <c>costGradientW</c>, <c>W_grad</c>, <c>dLdW</c>, <c>nablaB</c>, <c>gW</c>, and
/// <c>Grad</c> alone in a wrapper. <c>deltaW</c> is none of them: as often it is the last step with its momentum.
/// </remarks>
/// <param name="IsSpelledOut">Whether the name contains a word for gradient. Otherwise it begins with a <c>d</c> or a <c>g</c>.</param>
/// <param name="IsBare">Whether the name does not say what it is the gradient of.</param>
internal sealed record GradientName(bool IsSpelledOut, bool IsBare)
{
    private static readonly HashSet<string> GradientWords =
        ["grad", "grads", "gradient", "gradients", "nabla", "derivative", "derivatives", "deriv", "derivs"];

    private static readonly HashSet<string> Connectives = ["of", "for", "wrt"];

    // Longest first: the rest of dLossdW is not "lossdW".
    private static readonly string[] Differentials = ["dlossd", "dcostd", "derrord", "dld", "dcd", "ded", "djd", "d", "g"];

    private readonly List<IReadOnlyList<string>> _subjects = [];
    private bool? _isOfParameter;

    /// <summary>Whether the rest of the name is that of a parameter.</summary>
    public bool IsOfParameter => _isOfParameter ??= _subjects.Any(subject => ParameterName.IsParameter(string.Join("_", subject)));

    /// <summary>The keys of the members that <see cref="Fit"/> compares with.</summary>
    public IEnumerable<string> Keys => _subjects.SelectMany(KeysOf);

    /// <summary>The keys of a member of that name.</summary>
    public static IEnumerable<string> KeysOf(string member) => KeysOf(IdentifierWords.Of(member));

    /// <summary>
    /// The reading of the name, or null if it is not that of a gradient. For a single letter in front, the caller must find a matching
    /// parameter.
    /// </summary>
    public static GradientName? Parse(string identifier)
    {
        IReadOnlyList<string> words = IdentifierWords.Of(identifier);
        for (int i = 0; i < words.Count; i++)
        {
            if (GradientWords.Contains(words[i]))
            {
                return Around(words, i);
            }
        }

        if (words.Count == 0 || char.IsDigit(words[0][0]))
        {
            return null;
        }

        // Names without capitals: wgrad, gradw.
        return Shortened(words, 0, "grad", atStart: true)
            ?? Shortened(words, LastWithLetters(words), "grads", atStart: false)
            ?? Shortened(words, LastWithLetters(words), "grad", atStart: false)
            ?? Differential(words);
    }

    /// <summary>
    /// How well a member's name matches: 0 not at all, 1 by an abbreviation, 2 except for singular and plural, 3 exactly.
    /// </summary>
    public int Fit(string member)
    {
        IReadOnlyList<string> words = IdentifierWords.Of(member);
        int fit = 0;
        foreach (IReadOnlyList<string> subject in _subjects)
        {
            if (string.Concat(subject) == string.Concat(words))
            {
                return 3;
            }

            int close = IdentifierWords.Stem(subject) == IdentifierWords.Stem(words) ? 2 : Expanded(subject) == Expanded(words) ? 1 : 0;
            fit = Math.Max(fit, close);
        }

        return fit;
    }

    private static IEnumerable<string> KeysOf(IReadOnlyList<string> words) =>
        [string.Concat(words), IdentifierWords.Stem(words), Expanded(words)];

    private static GradientName? Around(IReadOnlyList<string> words, int marker)
    {
        int start = marker;
        int end = marker + 1;
        bool ofLoss = start > 0 && words[start - 1] is "cost" or "loss";
        if (ofLoss)
        {
            start--;
        }

        if (end < words.Count && Connectives.Contains(words[end]))
        {
            end++;
        }

        string[] subject = [.. words.Take(start), .. words.Skip(end)];
        if (subject.Length == 0)
        {
            // The gradient of the loss alone is the start of the backward pass.
            return ofLoss ? null : new GradientName(IsSpelledOut: true, IsBare: true);
        }

        return Of(isSpelledOut: true, subject);
    }

    private static GradientName? Shortened(IReadOnlyList<string> words, int index, string marker, bool atStart)
    {
        string word = words[index];
        if (word.Length == marker.Length
            || !(atStart ? word.StartsWith(marker, StringComparison.Ordinal) : word.EndsWith(marker, StringComparison.Ordinal)))
        {
            return null;
        }

        string rest = atStart ? word.Substring(marker.Length) : word.Substring(0, word.Length - marker.Length);
        return Of(isSpelledOut: true, [.. words.Take(index), rest, .. words.Skip(index + 1)]);
    }

    private static GradientName? Differential(IReadOnlyList<string> words)
    {
        GradientName? name = null;
        string all = string.Concat(words);
        foreach (string prefix in Differentials)
        {
            if (all.Length > prefix.Length && all.StartsWith(prefix, StringComparison.Ordinal))
            {
                name ??= new GradientName(IsSpelledOut: false, IsBare: false);
                name._subjects.Add(Without(words, prefix.Length));
            }
        }

        return name;
    }

    private static List<string> Without(IReadOnlyList<string> words, int letters)
    {
        var rest = new List<string>();
        foreach (string word in words)
        {
            int dropped = Math.Min(letters, word.Length);
            letters -= dropped;
            if (dropped < word.Length)
            {
                rest.Add(word.Substring(dropped));
            }
        }

        return rest;
    }

    private static GradientName Of(bool isSpelledOut, params string[] subject)
    {
        var name = new GradientName(isSpelledOut, IsBare: false);
        name._subjects.Add(subject);
        return name;
    }

    private static int LastWithLetters(IReadOnlyList<string> words)
    {
        int last = words.Count - 1;
        while (last > 0 && char.IsDigit(words[last][0]))
        {
            last--;
        }

        return last;
    }

    /// <summary>The words in one, with the abbreviations that match a full word: gradW and Weights, dB and bias.</summary>
    private static string Expanded(IEnumerable<string> words) =>
        string.Concat(words.Select(word => word switch
        {
            "w" => "weight",
            "b" => "bias",
            _ => IdentifierWords.Stem(word),
        }));
}

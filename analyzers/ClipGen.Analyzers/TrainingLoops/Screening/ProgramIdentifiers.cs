using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Screening;

/// <summary>
/// The names of methods in one program that may belong to training, by the identifiers in their bodies and in those of their callees.
/// </summary>
internal sealed class ProgramIdentifiers
{
    /// <summary>The length of <c>error</c> and <c>delta</c>, which occur in files of any kind.</summary>
    private const int LongestWord = 5;

    private readonly HashSet<string> _steppingNames;
    private readonly HashSet<string> _gradients;

    private ProgramIdentifiers(HashSet<string> trainingNames, HashSet<string> steppingNames, HashSet<string> gradients)
    {
        TrainingNames = trainingNames;
        _steppingNames = steppingNames;
        _gradients = gradients;
    }

    /// <summary>
    /// The names of the methods that have a training word in their body or in the body of a method that they call. Empty if the program has
    /// no backward pass.
    /// </summary>
    public HashSet<string> TrainingNames { get; }

    /// <summary>Whether attributes declare any gradient.</summary>
    public bool DeclaresGradients => _gradients.Count > 0;

    /// <summary>Whether any body of the program can contain a training step.</summary>
    public bool HasTraining => TrainingNames.Count > 0;

    public static ProgramIdentifiers Read(Compilation compilation, TrainingOptions options, CancellationToken cancellation)
    {
        var files = new List<FileIdentifiers>();
        var others = new List<FileIdentifiers>();
        bool hasBackwardWord = false;
        bool hasClipCall = false;
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            cancellation.ThrowIfCancellationRequested();
            FileIdentifiers file = FileIdentifiers.Of(tree, cancellation);
            hasBackwardWord |= file.HasBackwardWord;
            hasClipCall |= file.HasClipCall;
            if (file.HasTrainingWord || !options.SimpleNames.IsEmpty)
                files.Add(file);
            else
                others.Add(file);
        }

        var gradients = new HashSet<string>(files.SelectMany(file => file.Gradients));
        // A program that declares or clips its gradients needs no name for the code that computes them.
        if (!hasBackwardWord && !hasClipCall && gradients.Count == 0 && options.SimpleNames.IsEmpty)
            return new([], [], []);
        MethodIdentifiers[] methods = [.. files.SelectMany(file => file.Methods(cancellation))];
        Func<MethodIdentifiers, bool> mayUpdate = MayUpdate();
        HashSet<string> applied = AppliedIn(methods, mayUpdate);
        // A file without a training word can compute what another file applies.
        methods =
        [
            .. methods,
            .. others.Where(file => MayFill(file, applied, cancellation)).SelectMany(file => file.Methods(cancellation)),
        ];
        HashSet<string> training = FindNames(
            methods, gradients, options,
            Cached(word => TrainingVocabulary.IsTrainingWord(word) || TrainingVocabulary.IsUpdateVariable(word)
                || applied.Contains(word.TrimStart('_'))));
        training.Add("backward");
        return new(training, FindNames(methods, gradients, options, Cached(TrainingVocabulary.IsStepWord), mayUpdate), gradients);
    }

    /// <summary>The meanings of a file's identifiers in this program. Empty if no body of the file can be a training step.</summary>
    public Dictionary<string, IdentifierKinds> KindsIn(SyntaxTree tree, CancellationToken cancellation)
    {
        var kinds = new Dictionary<string, IdentifierKinds>();
        FileIdentifiers file = FileIdentifiers.Of(tree, cancellation);
        foreach (string identifier in file.All(cancellation))
        {
            if (TrainingNames.Contains(identifier) || _gradients.Contains(identifier)
                || (file.HasTrainingWord && TrainingVocabulary.IsTrainingWord(identifier)))
            {
                kinds.Add(identifier, IdentifierKinds.Training);
            }
        }

        if (kinds.Count == 0)
            return kinds;
        bool canStep = false;
        foreach (string identifier in file.All(cancellation))
        {
            if (!_steppingNames.Contains(identifier) && !_gradients.Contains(identifier) && !TrainingVocabulary.IsStepWord(identifier))
                continue;
            canStep = true;
            kinds[identifier] = IdentifierKinds.Step
                | (kinds.TryGetValue(identifier, out IdentifierKinds known) ? known : IdentifierKinds.None);
        }

        return canStep ? kinds : [];
    }

    /// <summary>
    /// The names of errors and changes in methods that name a learning rate or parameters. The code that computes those may belong to
    /// training, whatever other names it has.
    /// </summary>
    private static HashSet<string> AppliedIn(MethodIdentifiers[] methods, Func<MethodIdentifiers, bool> mayUpdate)
    {
        Func<string, bool> isRate = Cached(NetworkNames.IsLearningRate);
        Func<string, bool> isApplied = Cached(name => NetworkNames.IsNamedChange(name) || NetworkNames.MayBeGradient(name));
        return new HashSet<string>(
            methods.Where(method => method.Any(isRate) || mayUpdate(method))
                .SelectMany(method => method.Identifiers)
                .Where(isApplied)
                .Select(name => name.TrimStart('_')),
            StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Whether a file names what the program applies. A short name, which occurs in files of any kind, must be assigned.</summary>
    private static bool MayFill(FileIdentifiers file, HashSet<string> applied, CancellationToken cancellation) =>
        applied.Count > 0
        && file.All(cancellation).Any(name => applied.Contains(name.TrimStart('_'))
            && (name.Length > LongestWord || file.Assigns(name, cancellation)));

    /// <summary>Whether a method names parameters and errors, so that it may apply these without a learning rate of a known name.</summary>
    private static Func<MethodIdentifiers, bool> MayUpdate()
    {
        Func<string, bool> isParameter = Cached(NetworkNames.IsParameter);
        Func<string, bool> isError = Cached(NetworkNames.MayBeGradient);
        var known = new Dictionary<MethodIdentifiers, bool>();
        return method => known.TryGetValue(method, out bool answer)
            ? answer
            : known[method] = method.Any(isError) && method.Any(isParameter);
    }

    /// <summary>The answers for words that many methods contain.</summary>
    private static Func<string, bool> Cached(Func<string, bool> isAsked)
    {
        var known = new Dictionary<string, bool>();
        return word => known.TryGetValue(word, out bool answer) ? answer : known[word] = isAsked(word);
    }

    private static HashSet<string> FindNames(
        MethodIdentifiers[] methods, HashSet<string> gradients, TrainingOptions options, Func<string, bool> isAsked,
        Func<MethodIdentifiers, bool>? isOther = null)
    {
        var names = new HashSet<string>(options.SimpleNames);
        List<MethodIdentifiers> rest = [];
        foreach (MethodIdentifiers method in methods)
        {
            if (method.Any(isAsked) || method.Any(gradients.Contains) || isOther?.Invoke(method) == true)
                names.Add(method.Name);
            else
                rest.Add(method);
        }

        // Callers, and callers of callers, to the depth to which calls are followed.
        for (int round = 0; round < AnalysisLimits.CallDepth; round++)
        {
            int before = names.Count;
            rest.RemoveAll(method => method.Any(names.Contains) && (names.Add(method.Name) || true));
            if (names.Count == before)
                break;
        }

        return names;
    }
}

using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops;

/// <summary>What the words of a whole program say: by which names its methods have to do with training, directly or through what they call.</summary>
internal sealed class ProgramWords
{
    private ProgramWords(HashSet<string> trainingNames, HashSet<string> steppingNames)
    {
        TrainingNames = trainingNames;
        SteppingNames = steppingNames;
    }

    /// <summary>The names of the methods in whose bodies, or in whose callees' bodies, a training word stands. Empty when there is no backward pass.</summary>
    public HashSet<string> TrainingNames { get; }

    /// <summary>The names of the methods in whose bodies, or in whose callees' bodies, a step word stands.</summary>
    public HashSet<string> SteppingNames { get; }

    /// <summary>Whether any body of the program can hold a training step.</summary>
    public bool HasTraining => TrainingNames.Count > 0;

    public static ProgramWords Read(Compilation compilation, TrainingOptions options, CancellationToken cancellation)
    {
        var files = new List<TreeWords>();
        WordKinds kinds = WordKinds.None;
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            cancellation.ThrowIfCancellationRequested();
            TreeWords file = TreeWords.Of(tree, cancellation);
            kinds |= file.Kinds;
            if (file.Kinds.HasFlag(WordKinds.Training) || !options.SimpleNames.IsEmpty)
                files.Add(file);
        }

        if (!kinds.HasFlag(WordKinds.Backward) && options.SimpleNames.IsEmpty)
            return new([], []);
        MethodWords[] methods = [.. files.SelectMany(file => file.Methods(cancellation))];
        var gradients = new HashSet<string>(files.SelectMany(file => file.Gradients));
        HashSet<string> training = FindNames(methods, gradients, options, WordKinds.Training);
        training.Add("backward");
        return new(training, FindNames(methods, gradients, options, WordKinds.Step));
    }

    /// <summary>The words of a file that tell something in this program.</summary>
    public Dictionary<string, WordKinds> TellingWordsOf(SyntaxTree tree, CancellationToken cancellation)
    {
        var telling = new Dictionary<string, WordKinds>();
        foreach (KeyValuePair<string, WordKinds> word in TreeWords.Of(tree, cancellation).Words(cancellation))
        {
            WordKinds kinds = word.Value & (WordKinds.Training | WordKinds.Step);
            if (TrainingNames.Contains(word.Key))
                kinds |= WordKinds.Training;
            if (SteppingNames.Contains(word.Key))
                kinds |= WordKinds.Step;
            if (kinds != WordKinds.None)
                telling.Add(word.Key, kinds);
        }

        // A file whose words cannot be both has no body whose words are.
        return telling.Values.Any(kinds => kinds.HasFlag(WordKinds.Training)) && telling.Values.Any(kinds => kinds.HasFlag(WordKinds.Step)) ? telling : [];
    }

    private static HashSet<string> FindNames(MethodWords[] methods, HashSet<string> gradients, TrainingOptions options, WordKinds kind)
    {
        var names = new HashSet<string>(options.SimpleNames);
        List<MethodWords> rest = [];
        foreach (MethodWords method in methods)
        {
            if (method.Kinds.HasFlag(kind) || method.Mentions(gradients))
                names.Add(method.Name);
            else
                rest.Add(method);
        }

        // Callers of callers: a few rounds cover the depth that calls are followed to.
        for (int round = 0; round < GraphExpander.DepthLimit; round++)
        {
            int before = names.Count;
            rest.RemoveAll(method => method.Mentions(names) && (names.Add(method.Name) || true));
            if (names.Count == before)
                break;
        }

        return names;
    }
}

using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Screening;

/// <summary>What the words of a whole program say: by which names its methods have to do with training, directly or through what they call.</summary>
internal sealed class ProgramIdentifiers
{
    private ProgramIdentifiers(HashSet<string> trainingNames, HashSet<string> steppingNames)
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

    public static ProgramIdentifiers Read(Compilation compilation, TrainingOptions options, CancellationToken cancellation)
    {
        var files = new List<FileIdentifiers>();
        bool hasBackwardWord = false;
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            cancellation.ThrowIfCancellationRequested();
            FileIdentifiers file = FileIdentifiers.Of(tree, cancellation);
            hasBackwardWord |= file.HasBackwardWord;
            if (file.HasTrainingWord || !options.SimpleNames.IsEmpty)
                files.Add(file);
        }

        if (!hasBackwardWord && options.SimpleNames.IsEmpty)
            return new([], []);
        MethodIdentifiers[] methods = [.. files.SelectMany(file => file.Methods(cancellation))];
        var gradients = new HashSet<string>(files.SelectMany(file => file.Gradients));
        HashSet<string> training = FindNames(methods, gradients, options, TrainingVocabulary.IsTrainingWord);
        training.Add("backward");
        return new(training, FindNames(methods, gradients, options, TrainingVocabulary.IsStepWord));
    }

    /// <summary>What each word of a file tells in this program. Empty where no body of the file can be a training step.</summary>
    public Dictionary<string, IdentifierKinds> TellingWordsOf(SyntaxTree tree, CancellationToken cancellation)
    {
        var telling = new Dictionary<string, IdentifierKinds>();
        FileIdentifiers file = FileIdentifiers.Of(tree, cancellation);
        foreach (string word in file.Words(cancellation))
        {
            if (TrainingNames.Contains(word) || (file.HasTrainingWord && TrainingVocabulary.IsTrainingWord(word)))
                telling.Add(word, IdentifierKinds.Training);
        }

        if (telling.Count == 0)
            return telling;
        bool canStep = false;
        foreach (string word in file.Words(cancellation))
        {
            if (!SteppingNames.Contains(word) && !TrainingVocabulary.IsStepWord(word))
                continue;
            canStep = true;
            telling[word] = IdentifierKinds.Step | (telling.TryGetValue(word, out IdentifierKinds known) ? known : IdentifierKinds.None);
        }

        return canStep ? telling : [];
    }

    private static HashSet<string> FindNames(MethodIdentifiers[] methods, HashSet<string> gradients, TrainingOptions options, Func<string, bool> isAsked)
    {
        var names = new HashSet<string>(options.SimpleNames);
        List<MethodIdentifiers> rest = [];
        foreach (MethodIdentifiers method in methods)
        {
            if (method.MentionsAny(isAsked) || method.MentionsAny(gradients.Contains))
                names.Add(method.Name);
            else
                rest.Add(method);
        }

        // Callers of callers: a few rounds cover the depth that calls are followed to.
        for (int round = 0; round < GraphExpander.DepthLimit; round++)
        {
            int before = names.Count;
            rest.RemoveAll(method => method.MentionsAny(names.Contains) && (names.Add(method.Name) || true));
            if (names.Count == before)
                break;
        }

        return names;
    }
}

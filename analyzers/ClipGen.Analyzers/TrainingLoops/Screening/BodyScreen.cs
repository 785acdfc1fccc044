using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Screening;

/// <summary>Decides from text alone which bodies are analyzed.</summary>
internal sealed class BodyScreen(ProgramIdentifiers identifiers)
{
    private const IdentifierKinds Needed = IdentifierKinds.Training | IdentifierKinds.Step;

    private readonly ConcurrentDictionary<SyntaxTree, Dictionary<string, IdentifierKinds>> _kinds = new();

    /// <summary>Whether any body of a file can contain a training step.</summary>
    public bool MayTrain(SyntaxTree file, CancellationToken cancellation) =>
        identifiers.HasTraining && KindsIn(file, cancellation).Count > 0;

    /// <summary>Whether a body can contain a training step.</summary>
    public bool MayTrain(SyntaxNode body, CancellationToken cancellation)
    {
        if (!identifiers.HasTraining || body.Span.Length > AnalysisLimits.BodyLength)
            return false;
        Dictionary<string, IdentifierKinds> kinds = KindsIn(body.SyntaxTree, cancellation);
        if (kinds.Count == 0)
            return false;
        IdentifierKinds found = IdentifierKinds.None;
        foreach (string identifier in FileIdentifiers.In(body, cancellation))
        {
            if (kinds.TryGetValue(identifier, out IdentifierKinds kind) && ((found |= kind) & Needed) == Needed)
                return true;
        }

        return false;
    }

    private Dictionary<string, IdentifierKinds> KindsIn(SyntaxTree file, CancellationToken cancellation) =>
        _kinds.GetOrAdd(file, tree => identifiers.KindsIn(tree, cancellation));
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Findings;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Screening;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops;

/// <summary>What the training-loop rules know of one compilation under one set of options. Everything in it is found when first asked for.</summary>
internal sealed class TrainingProgram
{
    private static readonly ThreadLocal<HashSet<SyntaxNode>> Judging = new(() => []);

    private readonly ConcurrentDictionary<SyntaxNode, BodyGraph?> _graphs = new();
    private readonly ConcurrentDictionary<SyntaxNode, StepAnalysisResult> _verdicts = new();
    private readonly ConcurrentDictionary<BodyGraph, EventContent> _contents = new();
    private readonly ConcurrentDictionary<IMethodSymbol, bool> _leftToOthers = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<SyntaxTree, Dictionary<string, IdentifierKinds>> _tellingWords = new();
    private readonly Lazy<ProgramIdentifiers> _words;
    private readonly Lazy<ILookup<ISymbol, IMethodSymbol>> _overrides;
    private readonly EventExtractor _extractor;

    public TrainingProgram(Compilation compilation, KnownTypes symbols, TrainingOptions options, CancellationToken cancellation)
    {
        Symbols = symbols;
        Options = options;
        Bodies = new SourceBodies(compilation, cancellation);
        Classifier = new MethodClassifier(symbols, options);
        Gradients = new TensorGradients(symbols);
        Buffers = new DeclaredGradients(symbols);
        Members = new MemberValues(Bodies);
        Sources = new ParameterSources(symbols, Members);
        Origins = new OptimizerOrigins(this);
        _extractor = new EventExtractor(this);
        _words = new Lazy<ProgramIdentifiers>(() => ProgramIdentifiers.Read(compilation, options, cancellation));
        _overrides = new Lazy<ILookup<ISymbol, IMethodSymbol>>(() => OverrideIndex.Find(compilation, _words.Value.TrainingNames, cancellation));
    }

    public KnownTypes Symbols { get; }

    public TrainingOptions Options { get; }

    public SourceBodies Bodies { get; }

    public MethodClassifier Classifier { get; }

    public TensorGradients Gradients { get; }

    public DeclaredGradients Buffers { get; }

    public MemberValues Members { get; }

    public ParameterSources Sources { get; }

    public OptimizerOrigins Origins { get; }

    public CancellationToken Cancellation => Bodies.Cancellation;

    /// <summary>The cheap question, from syntax alone, whether a body can hold a training step.</summary>
    public bool MayTrain(SyntaxNode body)
    {
        if (!_words.Value.HasTraining)
            return false;
        Dictionary<string, IdentifierKinds> telling = _tellingWords.GetOrAdd(body.SyntaxTree, tree => _words.Value.TellingWordsOf(tree, Cancellation));
        if (telling.Count == 0)
            return false;
        const IdentifierKinds Needed = IdentifierKinds.Training | IdentifierKinds.Step;
        IdentifierKinds found = IdentifierKinds.None;
        foreach (string word in FileIdentifiers.WordsIn(body, Cancellation))
        {
            if (telling.TryGetValue(word, out IdentifierKinds kinds) && ((found |= kinds) & Needed) == Needed)
                return true;
        }

        return false;
    }

    /// <summary>Whether a called method's own source can say more than its name.</summary>
    public bool IsWorthLookingInto(IMethodSymbol method)
    {
        if (method.MethodKind == MethodKind.LocalFunction)
            return true;
        if (method.MethodKind is not MethodKind.Ordinary || !_words.Value.TrainingNames.Contains(method.Name))
            return false;
        Classification known = Classifier.Classify(method);
        if (known.Evidence == Evidence.Certain && known.Role is not (TrainingAction.None or TrainingAction.Step))
            return false;
        return HasSource(method) || ((method.IsAbstract || method.IsVirtual) && ImplementationsOf(method).Any());
    }

    /// <summary>The methods that a call may run, as far as they have a body. Of many overrides the first few stand for all.</summary>
    public IEnumerable<IMethodSymbol> CandidatesOf(IMethodSymbol method, bool isVirtual) => AllCandidatesOf(method, isVirtual).Take(8);

    public IEnumerable<IMethodSymbol> ImplementationsOf(IMethodSymbol method) => _overrides.Value[method.OriginalDefinition];

    /// <summary>Whether a method of this program has no body in it: classes of other projects are to bring one.</summary>
    public bool IsLeftToOthers(IMethodSymbol method) =>
        _leftToOthers.GetOrAdd(method, declared => !declared.DeclaringSyntaxReferences.IsEmpty && !OverrideIndex.HasAny(Bodies.Compilation, declared, Cancellation));

    public BodyGraph? GraphOf(IMethodSymbol method)
    {
        foreach (SyntaxReference reference in method.DeclaringSyntaxReferences)
        {
            SyntaxNode syntax = reference.GetSyntax(Cancellation);
            if (_graphs.TryGetValue(syntax, out BodyGraph? known))
            {
                if (known is not null)
                    return known;
                continue;
            }

            if (Bodies.FactsOf(syntax) is { } facts && GraphOf(facts) is { } graph)
                return graph;
        }

        return null;
    }

    public BodyGraph? GraphOf(BodyFacts facts) =>
        _graphs.GetOrAdd(facts.Root.Syntax, _ => BodyGraphBuilder.Build(facts, _extractor.Extract(facts), Cancellation));

    /// <summary>Which kinds of events a body and everything that it calls hold.</summary>
    public EventContent ContentOf(BodyGraph body) => _contents.GetOrAdd(body, graph => EventContents.Reachable(this, graph));

    /// <summary>The bodies, and those of every method that they may call, however deep.</summary>
    public IEnumerable<BodyGraph> ReachedFrom(IEnumerable<BodyGraph> bodies)
    {
        var seen = new HashSet<BodyGraph>(bodies);
        var waiting = new Queue<BodyGraph>(seen);
        while (waiting.Count > 0)
        {
            Cancellation.ThrowIfCancellationRequested();
            BodyGraph body = waiting.Dequeue();
            yield return body;
            foreach (EventNode node in body.SelfAndInner().SelectMany(part => part.Graph.Nodes))
            {
                if (node.Event is not { Kind: EventKind.Call, Lambda: null, Method: { MethodKind: not MethodKind.LocalFunction } method } call)
                    continue;
                foreach (IMethodSymbol candidate in AllCandidatesOf(method, call.IsVirtual))
                {
                    if (GraphOf(candidate) is { } called && seen.Add(called))
                        waiting.Enqueue(called);
                }
            }
        }
    }

    /// <summary>What the rules find in a body, and which of its steps need no look at the callers.</summary>
    public StepAnalysisResult Judge(BodyGraph body)
    {
        if (_verdicts.TryGetValue(body.Body, out StepAnalysisResult? known))
            return known;
        const EventContent Needed = EventContent.Backward | EventContent.Step;
        if ((ContentOf(body) & Needed) != Needed)
            return _verdicts.GetOrAdd(body.Body, StepAnalysisResult.Nothing);
        HashSet<SyntaxNode> active = Judging.Value!;
        // Methods that call each other: whoever is asked first does not wait for the other's answer.
        if (!active.Add(body.Body))
            return StepAnalysisResult.Nothing;
        try
        {
            return _verdicts.GetOrAdd(body.Body, StepAnalysis.Judge(this, body));
        }
        finally
        {
            active.Remove(body.Body);
        }
    }

    private IEnumerable<IMethodSymbol> AllCandidatesOf(IMethodSymbol method, bool isVirtual) =>
        (isVirtual ? ImplementationsOf(method).Prepend(method) : [method]).Where(candidate => !candidate.IsAbstract);

    private static bool HasSource(IMethodSymbol method) =>
        !method.IsAbstract && !method.IsExtern && !method.DeclaringSyntaxReferences.IsEmpty;
}

using ClipGen.Analyzers.TrainingLoops.Buffers;
using ClipGen.Analyzers.TrainingLoops.Calls;
using ClipGen.Analyzers.TrainingLoops.Dataflow;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Findings;
using ClipGen.Analyzers.TrainingLoops.Heuristics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Screening;
using ClipGen.Analyzers.TrainingLoops.Suggestions;
using ClipGen.Analyzers.TrainingLoops.Tensors;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.Analyzers.TrainingLoops;

/// <summary>
/// Connects the stages of the analysis for one compilation and one set of options. Each stage caches its results and receives only the
/// stages that it needs. No stage keeps a cancellation token: several requests analyze one compilation, and the result of a cancelled
/// request must not be cached for the next.
/// </summary>
internal sealed class TrainingProgram
{
    private readonly BodyScreen _screen;
    private readonly SourceBodies _bodies;
    private readonly CallGraph _calls;
    private readonly StepFindings _findings;

    public TrainingProgram(Compilation compilation, KnownTypes types, TrainingOptions options, ProgramIdentifiers identifiers,
        WorkCount work)
    {
        _screen = new BodyScreen(identifiers);
        var classifier = new MethodClassifier(types, options);

        _bodies = new SourceBodies(compilation);
        var members = new MemberValues(_bodies);
        var sources = new ParameterOwners(types, members);
        var returned = new ReturnedValues(_bodies);
        var inputs = new InputTensors(types);
        var origins = new OptimizerOrigins(types, classifier, sources, inputs, new OptimizerCreations(types, _bodies, members, returned));

        var overrides = new OverrideIndex(compilation);
        var sites = new CallSites(compilation, _bodies);
        BufferEffects? effects = null;
        GradientHolders? holders = null;
        if (identifiers.DeclaresGradients)
        {
            var contents = new MemberContents(compilation, _bodies, members, work);
            var buffers = new BufferValues(types, contents, sites, overrides, work);
            effects = new BufferEffects(buffers, _bodies, overrides);
            holders = new GradientHolders(types, buffers);
        }

        var called = new CalledMethods(identifiers, classifier, overrides, new IdleClips(compilation), holders);
        var extractor = new EventExtractor(
            types,
            classifier,
            called,
            sources,
            new TensorValues(types, members),
            inputs,
            new AssignedFunctions(compilation, _bodies),
            returned,
            new LimitedArguments(_bodies, called),
            new CalledWrites(_bodies),
            effects);

        _calls = new CallGraph(_bodies, extractor, called, work);

        var memberEffects = new MemberEffects(_bodies, called, work);
        var steps = new StepAnalysis(_calls, origins, memberEffects, work);
        var handWritten = new HandWrittenHeuristic(_bodies, _calls, new GradientMentions(called, compilation.Assembly, work), memberEffects,
            work);
        var missing = new MissingClips(origins, new ClipSuggestions(
            types, new GradientsCall(_bodies, called, work), new HeldModels(compilation, types, _bodies, members)));
        _findings = new StepFindings(
            steps,
            origins,
            handWritten,
            missing,
            new ResetGradients(types),
            new UnrecognizedTraining(types, _calls, called, sites),
            new ClipAndStepCalls(types));
    }

    /// <summary>The findings in the bodies that overlap a span of a file.</summary>
    public IEnumerable<Diagnostic> FindingsIn(SyntaxTree file, TextSpan? span, CancellationToken cancellation)
    {
        if (!_screen.MayTrain(file, cancellation))
            yield break;
        foreach (SyntaxNode body in FileBodies.In(file.GetRoot(cancellation), span))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!_screen.MayTrain(body, cancellation) || _bodies.FactsOf(body) is not { } facts || _calls.GraphOf(facts) is not { } graph)
                continue;
            foreach (Diagnostic finding in _findings.In(graph, cancellation))
                yield return finding;
        }
    }
}

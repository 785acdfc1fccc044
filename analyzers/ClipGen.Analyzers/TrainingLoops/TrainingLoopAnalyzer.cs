using System.Collections.Concurrent;
using System.Collections.Immutable;
using ClipGen.Analyzers.Rules;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Screening;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ClipGen.Analyzers.TrainingLoops;

/// <summary>Checks every training step of a program: CLIP101 to CLIP107 and CLIP111 to CLIP116.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TrainingLoopAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(
        RuleCatalogue.StepOnUnclippedGradients,
        RuleCatalogue.ClipAfterStep,
        RuleCatalogue.ClipBeforeBackward,
        RuleCatalogue.ResetBeforeStep,
        RuleCatalogue.ClipEveryMicroBatch,
        RuleCatalogue.ClipOtherNetwork,
        RuleCatalogue.NeverReset,
        RuleCatalogue.ClipOncePerEpoch,
        RuleCatalogue.ClipOnSomePaths,
        RuleCatalogue.TrainingNotRecognized,
        RuleCatalogue.ClippedTwice,
        RuleCatalogue.ClippedBeforeUnscaling,
        RuleCatalogue.ClipAndStepInOne);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(Start);
    }

    private static void Start(CompilationStartAnalysisContext context)
    {
        var types = new KnownTypes(context.Compilation);
        AnalyzerConfigOptionsProvider provider = context.Options.AnalyzerConfigOptionsProvider;
        if (!types.HasTorchSharp && !types.HasClipGen
            && !context.Compilation.SyntaxTrees.Any(tree => TrainingOptions.IsAnySet(provider.GetOptions(tree))))
        {
            return;
        }
        Compilation compilation = context.Compilation;
        var programs = new Dictionary<string, TrainingProgram>();
        var ofFiles = new ConcurrentDictionary<SyntaxTree, TrainingProgram>();
        // The compiler reports a file once it has bound its methods, and caches what it has bound. An analysis that follows calls into
        // methods that are not bound yet would bind them a second time.
        context.RegisterSemanticModelAction(file =>
        {
            SyntaxTree tree = file.SemanticModel.SyntaxTree;
            TrainingProgram program = ofFiles.GetOrAdd(tree, _ => Find(tree, file.CancellationToken));
            foreach (Diagnostic finding in program.FindingsIn(tree, file.FilterSpan, file.CancellationToken))
                file.ReportDiagnostic(finding);
        });

        TrainingProgram Find(SyntaxTree file, CancellationToken cancellation)
        {
            var options = TrainingOptions.Read(provider.GetOptions(file));
            lock (programs)
            {
                if (!programs.TryGetValue(options.CacheKey, out TrainingProgram? program))
                {
                    var identifiers = ProgramIdentifiers.Read(compilation, options, cancellation);
                    programs.Add(options.CacheKey,
                        program = new TrainingProgram(compilation, types, options, identifiers, new WorkCount()));
                }

                return program;
            }
        }
    }
}

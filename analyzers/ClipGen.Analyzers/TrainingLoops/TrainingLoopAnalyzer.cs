using System.Collections.Concurrent;
using System.Collections.Immutable;
using ClipGen.Analyzers.Rules;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops;

/// <summary>Watches training steps: CLIP101 to CLIP107, CLIP111 and CLIP112.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TrainingLoopAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    ImmutableArray.Create(
        RuleCatalogue.StepOnUnclippedGradients,
        RuleCatalogue.ClipAfterStep,
        RuleCatalogue.ClipBeforeBackward,
        RuleCatalogue.ResetBeforeStep,
        RuleCatalogue.ClipEveryMicroBatch,
        RuleCatalogue.ClipOtherNetwork,
        RuleCatalogue.NeverReset,
        RuleCatalogue.ClipOncePerEpoch,
        RuleCatalogue.ClipOnSomePaths);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(Start);
    }

    private static void Start(CompilationStartAnalysisContext context)
    {
        var symbols = new KnownTypes(context.Compilation);
        AnalyzerConfigOptionsProvider provider = context.Options.AnalyzerConfigOptionsProvider;
        if (!symbols.HasTorchSharp && !symbols.HasClipGen && !context.Compilation.SyntaxTrees.Any(tree => TrainingOptions.IsAnySet(provider.GetOptions(tree))))
            return;
        Compilation compilation = context.Compilation;
        CancellationToken cancellation = context.CancellationToken;
        var programs = new ConcurrentDictionary<string, TrainingProgram>();
        var ofFiles = new ConcurrentDictionary<SyntaxTree, TrainingProgram>();
        context.RegisterOperationBlockAction(block => Analyze(block, ofFiles.GetOrAdd(block.OperationBlocks[0].Syntax.SyntaxTree, Find)));

        TrainingProgram Find(SyntaxTree file)
        {
            var options = TrainingOptions.Read(provider.GetOptions(file));
            return programs.GetOrAdd(options.CacheKey, _ => new TrainingProgram(compilation, symbols, options, cancellation));
        }
    }

    private static void Analyze(OperationBlockAnalysisContext context, TrainingProgram program)
    {
        foreach (IOperation block in context.OperationBlocks)
        {
            // A constructor's initializer and its body are two blocks of one root; top-level statements are a root of their own.
            if (block is not (IBlockOperation or IMethodBodyOperation))
                continue;
            IOperation root = SourceBodies.RootOf(block);
            if (!program.MayTrain(root.Syntax))
                continue;
            BodyFacts facts = program.Bodies.Adopt(root);
            if (program.GraphOf(facts) is not { } body)
                continue;
            foreach (Diagnostic finding in program.Judge(body).Findings)
                context.ReportDiagnostic(finding);
        }
    }
}

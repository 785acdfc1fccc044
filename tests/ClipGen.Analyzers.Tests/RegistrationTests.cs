using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Diagnostics.Telemetry;

namespace ClipGen.Analyzers.Tests;

/// <summary>In a project that references neither ClipGen nor TorchSharp, the analyzers register no actions.</summary>
public sealed class RegistrationTests
{
    private const string Source = """
        class Optimizer { public void Step() { } }

        class Program
        {
            private readonly float[] _weightGradients = new float[2];
            void Backward() => _weightGradients[0] = 1;
            void Train(Optimizer optimizer) { Backward(); optimizer.Step(); }
        }
        """;

    private static readonly ImmutableArray<DiagnosticAnalyzer> All =
    [
        .. typeof(TrainingLoopAnalyzer).Assembly.GetTypes()
            .Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(DiagnosticAnalyzer)))
            .OrderBy(type => type.Name)
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    [Fact]
    public async Task Nothing_is_registered_without_ClipGen_and_TorchSharp()
    {
        foreach (DiagnosticAnalyzer analyzer in All)
            Assert.Equal((analyzer.GetType().Name, 0), (analyzer.GetType().Name, await CountAsync(analyzer, AnalyzerHarness.Framework)));
    }

    [Fact]
    public async Task Every_analyzer_registers_in_a_project_that_references_both()
    {
        Assert.NotEmpty(All);
        string[] others = ["TorchClipAnalyzer", "RecordAnalyzer"];
        foreach (DiagnosticAnalyzer analyzer in All.Where(analyzer => !others.Contains(analyzer.GetType().Name)))
        {
            Assert.NotEqual((analyzer.GetType().Name, 0),
                (analyzer.GetType().Name,
                    await CountAsync(analyzer, [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen, AnalyzerHarness.TorchSharp])));
        }
    }

    private static async Task<int> CountAsync(DiagnosticAnalyzer analyzer, IEnumerable<MetadataReference> references)
    {
        CompilationWithAnalyzers run = AnalyzerHarness.Compile(Source, references).WithAnalyzers([analyzer]);
        await run.GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        AnalyzerTelemetryInfo counts = await run.GetAnalyzerTelemetryInfoAsync(analyzer, TestContext.Current.CancellationToken);
        return counts.CodeBlockActionsCount + counts.CodeBlockStartActionsCount + counts.CodeBlockEndActionsCount
            + counts.CompilationActionsCount
            + counts.CompilationEndActionsCount + counts.OperationActionsCount + counts.OperationBlockActionsCount
            + counts.OperationBlockStartActionsCount
            + counts.OperationBlockEndActionsCount + counts.SemanticModelActionsCount + counts.SymbolActionsCount
            + counts.SymbolStartActionsCount
            + counts.SymbolEndActionsCount + counts.SyntaxNodeActionsCount + counts.SyntaxTreeActionsCount
            + counts.AdditionalFileActionsCount;
    }
}

using System.Collections.Immutable;
using ClipGen.Analyzers.Rules;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.Analyzers.Records;

/// <summary>
/// CLIP201 to CLIP204: what recorded runs say of the limits and gradients of the program. Registers nothing where the project has no
/// record.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RecordAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(
        RuleCatalogue.LimitClippedNearlyAll,
        RuleCatalogue.LimitNeverClipped,
        RuleCatalogue.GradientWasNotFinite,
        RuleCatalogue.StaleRecord);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(Start);
    }

    private static void Start(CompilationStartAnalysisContext start)
    {
        if (!start.Options.AdditionalFiles.Any(RecordIndex.IsRecord))
            return;
        var types = new KnownTypes(start.Compilation);
        if (!types.HasClipGen)
            return;
        start.RegisterAdditionalFileAction(AnalyzeFile);
        RecordIndex records = RecordIndex.Read(start.Options.AdditionalFiles, start.Compilation, types, start.CancellationToken);
        if (records.HasModels)
            start.RegisterSymbolAction(symbol => ModelRecords.Analyze(symbol, records, types), SymbolKind.NamedType);
        if (records.HasCalls)
            start.RegisterOperationAction(operation => CallRecords.Analyze(operation, records), OperationKind.Invocation);
    }

    private static void AnalyzeFile(AdditionalFileAnalysisContext context)
    {
        if (!RecordIndex.IsRecord(context.AdditionalFile)
            || context.AdditionalFile.GetText(context.CancellationToken) is not { } text
            || RecordReader.Read(text).Problem is not { } problem)
        {
            return;
        }

        string name = Path.GetFileName(context.AdditionalFile.Path);
        var place = Location.Create(context.AdditionalFile.Path, default, new LinePositionSpan(LinePosition.Zero, LinePosition.Zero));
        context.ReportDiagnostic(Diagnostic.Create(RuleCatalogue.StaleRecord, place, name, problem));
    }
}

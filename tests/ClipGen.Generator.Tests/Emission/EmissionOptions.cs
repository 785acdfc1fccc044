using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Generator.Tests.Emission;

/// <summary>The options of a compilation, as a project sets them.</summary>
internal sealed record EmissionOptions
{
    /// <summary>All options off that a project can turn off.</summary>
    public static readonly EmissionOptions Plain = new();

    /// <summary>All options on that make the compiler report more.</summary>
    public static readonly EmissionOptions Pedantic =
        new() { Nullable = NullableContextOptions.Enable, IsChecked = true, IsPedantic = true };

    public LanguageVersion Language { get; init; } = LanguageVersion.Latest;

    public NullableContextOptions Nullable { get; init; }

    public bool IsChecked { get; init; }

    public bool AllowsUnsafe { get; init; } = true;

    /// <summary>
    /// True if the compiler checks documentation comments and uses all warning waves and its strict mode, and if <c>.editorconfig</c>
    /// treats generated files as hand-written and every warning in them as an error.
    /// </summary>
    public bool IsPedantic { get; init; }

    public OutputKind Output { get; init; } = OutputKind.DynamicallyLinkedLibrary;

    public CSharpParseOptions ParseOptions =>
        new CSharpParseOptions(Language, IsPedantic ? DocumentationMode.Diagnose : DocumentationMode.Parse)
            .WithFeatures(IsPedantic ? [new("strict", "true")] : []);

    public CSharpCompilationOptions CompilationOptions => new CSharpCompilationOptions(
        Output,
        nullableContextOptions: Nullable,
        checkOverflow: IsChecked,
        allowUnsafe: AllowsUnsafe,
        warningLevel: IsPedantic ? 9999 : 4).WithSyntaxTreeOptionsProvider(IsPedantic ? new EveryWarningIsAnError() : null);

    private sealed class EveryWarningIsAnError : SyntaxTreeOptionsProvider
    {
        public override GeneratedKind IsGenerated(SyntaxTree tree, CancellationToken cancellationToken) => GeneratedKind.NotGenerated;

        public override bool TryGetDiagnosticValue(
            SyntaxTree tree, string diagnosticId, CancellationToken cancellationToken, [NotNullWhen(true)] out ReportDiagnostic severity)
        {
            severity = ReportDiagnostic.Error;
            return tree.FilePath.EndsWith(".g.cs", StringComparison.Ordinal);
        }

        public override bool TryGetGlobalDiagnosticValue(
            string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity)
        {
            severity = ReportDiagnostic.Default;
            return false;
        }
    }
}

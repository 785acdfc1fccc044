using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace ClipGen.Analyzers.Tests;

/// <summary>
/// Checks a fix for one diagnostic, and as FixAll in a document, a project and a solution. The fixed code must compile, and must have no
/// diagnostics except those marked in it. Neither the analyzers of ClipGen nor the compiler may report anything new (<see
/// cref="NothingNew"/>).
/// </summary>
internal static class FixTest<TAnalyzer, TFix>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TFix : CodeFixProvider, new()
{
    private static readonly MetadataReference[] Stub = [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen, AnalyzerHarness.TorchSharp];

    private static readonly MetadataReference[] Adapter =
        [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen, AnalyzerHarness.RealTorchSharp, AnalyzerHarness.ClipGenTorchSharp];

    public static Task VerifyAsync(string source, string @fixed, params string[] otherDiagnostics) =>
        VerifyAsync([source], [@fixed], OutputKind.DynamicallyLinkedLibrary, Stub, 1, otherDiagnostics);

    /// <summary>A program, which may consist of top-level statements.</summary>
    public static Task VerifyProgramAsync(string source, string @fixed) =>
        VerifyAsync([source], [@fixed], OutputKind.ConsoleApplication, Stub, 1, []);

    /// <summary>Code of a project that references ClipGen.TorchSharp and the published TorchSharp.</summary>
    public static Task VerifyWithAdapterAsync(string source, string @fixed, bool isProgram = false) =>
        VerifyAsync(
            [source], [@fixed], isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, Adapter,
            source == @fixed ? 0 : 1, []);

    /// <summary>Several files, with more than one kind of fix.</summary>
    public static Task VerifyFilesAsync(string[] sources, string[] @fixed, int differentFixes) =>
        VerifyAsync(sources, @fixed, OutputKind.DynamicallyLinkedLibrary, Stub, differentFixes, []);

    /// <summary>Code that no fix is offered for.</summary>
    public static Task VerifyNoFixAsync(string source) =>
        VerifyAsync([source], [source], OutputKind.DynamicallyLinkedLibrary, Stub, 0, []);

    private static async Task VerifyAsync(
        string[] sources, string[] @fixed, OutputKind kind, MetadataReference[] references, int differentFixes, string[] otherDiagnostics)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var test = new CSharpCodeFixTest<TAnalyzer, TFix, DefaultVerifier>
        {
            // The reference assemblies come from a package. The testing library would download them.
            ReferenceAssemblies = new ReferenceAssemblies("net8.0"),
            CompilerDiagnostics = CompilerDiagnostics.Errors,
            MarkupOptions = MarkupOptions.UseFirstDescriptor,
        };
        foreach (string source in sources)
            test.TestState.Sources.Add(source);
        foreach (string source in @fixed)
            test.FixedState.Sources.Add(source);
        if (differentFixes > 1)
        {
            test.NumberOfFixAllIterations = differentFixes;
            test.NumberOfFixAllInProjectIterations = differentFixes;
            test.NumberOfFixAllInDocumentIterations = sources.Length;
        }

        test.TestState.OutputKind = kind;
        test.TestState.AdditionalReferences.AddRange(references);
        test.DisabledDiagnostics.AddRange(otherDiagnostics);
        await test.RunAsync(cancellation);
        await NothingNew.AssertAsync(sources, @fixed, references);
    }
}

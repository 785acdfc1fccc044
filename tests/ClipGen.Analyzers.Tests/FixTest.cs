using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace ClipGen.Analyzers.Tests;

/// <summary>
/// Checks a fix on its own and as FixAll in document, project and solution. That the fixed code compiles and has no other diagnostics
/// than those marked in it is part of the check.
/// </summary>
internal static class FixTest<TAnalyzer, TFix>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TFix : CodeFixProvider, new()
{
    public static Task VerifyAsync(string source, string @fixed, params string[] otherDiagnostics) =>
        VerifyAsync(source, @fixed, OutputKind.DynamicallyLinkedLibrary, otherDiagnostics);

    /// <summary>A program, which may consist of top-level statements.</summary>
    public static Task VerifyProgramAsync(string source, string @fixed) => VerifyAsync(source, @fixed, OutputKind.ConsoleApplication, []);

    /// <summary>Code that no fix is offered for.</summary>
    public static Task VerifyNoFixAsync(string source) => VerifyAsync(source, source);

    private static Task VerifyAsync(string source, string @fixed, OutputKind kind, string[] otherDiagnostics)
    {
        var test = new CSharpCodeFixTest<TAnalyzer, TFix, DefaultVerifier>
        {
            TestCode = source,
            FixedCode = @fixed,
            // The reference assemblies come from a package, not from a download of the testing library's.
            ReferenceAssemblies = new ReferenceAssemblies("net8.0"),
            CompilerDiagnostics = CompilerDiagnostics.Errors,
            MarkupOptions = MarkupOptions.UseFirstDescriptor,
        };
        test.TestState.OutputKind = kind;
        test.TestState.AdditionalReferences.AddRange(AnalyzerHarness.Framework);
        test.TestState.AdditionalReferences.Add(AnalyzerHarness.ClipGen);
        test.TestState.AdditionalReferences.Add(AnalyzerHarness.TorchSharp);
        test.DisabledDiagnostics.AddRange(otherDiagnostics);
        return test.RunAsync(TestContext.Current.CancellationToken);
    }
}

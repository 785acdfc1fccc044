using ClipGen.Analyzers.Declarations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Analyzers.Tests.Declarations;

/// <summary>Verifies the rules about declarations after the generator has run. Errors of the compiler must be marked too.</summary>
internal static class DeclarationVerifier
{
    private const string Usings = "using System; using System.Collections.Generic; using ClipGen;\n";

    public static Task<IReadOnlyList<Diagnostic>> VerifyAsync(string markedSource, LanguageVersion languageVersion) =>
        VerifyAsync(markedSource, languageVersion, []);

    public static Task<IReadOnlyList<Diagnostic>> VerifyAsync(string markedSource, params MetadataReference[] others) =>
        VerifyAsync(markedSource, LanguageVersion.Latest, others);

    private static Task<IReadOnlyList<Diagnostic>> VerifyAsync(
        string markedSource, LanguageVersion languageVersion, MetadataReference[] others) => new RuleVerifier
        {
            Analyzers = [new DeclarationAnalyzer(), new SteppedGradientAnalyzer(), new AdaptiveClipAnalyzer()],
            Usings = Usings,
            RunsGenerator = true,
            MarksErrors = true,
            Compile = sources => CSharpCompilation.Create(
                "Model",
                sources.Select(source => CSharpSyntaxTree.ParseText(
                    source.Source, new CSharpParseOptions(languageVersion), source.Path)),
                [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen, .. others],
                new CSharpCompilationOptions(
                    OutputKind.DynamicallyLinkedLibrary,
                    allowUnsafe: true,
                    nullableContextOptions: languageVersion >= LanguageVersion.CSharp8
                        ? NullableContextOptions.Enable
                        : NullableContextOptions.Disable)),
        }.VerifyAsync(markedSource);
}

using System.Globalization;
using ClipGen.Analyzers.Declarations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Analyzers.Tests.Declarations;

/// <summary>
/// Verifies CLIP007 and CLIP016 before and after the generator has run, because an editor may request diagnostics before.
/// </summary>
internal static class UndeclaredGradientVerifier
{
    /// <summary>A model, which the rules require, and a gradient source that it holds.</summary>
    public const string Model =
        """
        [ClipGradNorm(1)] public partial class Net { [Gradient] float[] _dV = new float[1]; Linear _linear = new(); }
        public partial class Linear { [Gradient] protected float[] _gradient = new float[1]; }

        """;

    public static readonly MetadataReference Runtime = AnalyzerHarness.ClipGen;

    private const string SystemUsings = "using System; using System.Collections.Generic; using System.Linq;";

    public static Task<IReadOnlyList<string>> VerifyAsync(params string[] markedSources) => VerifyAsync([Runtime], markedSources);

    public static Task<IReadOnlyList<string>> VerifyAsync(IReadOnlyList<MetadataReference> references, params string[] markedSources) =>
        VerifyFilesAsync(references, references.Contains(Runtime) ? SystemUsings + " using ClipGen;\n" : SystemUsings + "\n",
            markedSources);

    /// <summary>Verifies files, and returns the messages in the order of the source.</summary>
    public static async Task<IReadOnlyList<string>> VerifyFilesAsync(
        IReadOnlyList<MetadataReference> references, string usings, IReadOnlyList<string> markedSources)
    {
        IReadOnlyList<Diagnostic> reported = await new RuleVerifier
        {
            Analyzers = [new UndeclaredGradientAnalyzer()],
            Usings = usings,
            RunsGenerator = true,
            ComparesWithoutGenerator = true,
            Compile = sources => CSharpCompilation.Create(
                "Program",
                sources.Select(source => CSharpSyntaxTree.ParseText(
                    source.Source, new CSharpParseOptions(LanguageVersion.Latest), source.Path)),
                [.. AnalyzerHarness.Framework, .. references],
                new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true)),
        }.VerifyAsync(markedSources);
        return [.. reported.Select(diagnostic => diagnostic.GetMessage(CultureInfo.InvariantCulture))];
    }
}

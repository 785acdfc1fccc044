using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace ClipGen.Generator.Tests.Fuzzing;

/// <summary>What went wrong with one program.</summary>
/// <param name="Kind">What shrinking must keep: a compiler error's id, or what the trial was about.</param>
/// <param name="Message">The whole story.</param>
internal sealed record FuzzFailure(string Kind, string Message);

/// <summary>Compiles many programs at once, as a library and an assembly that references it, both with the generator, and runs their models.</summary>
internal static class FuzzBatch
{
    // Documentation is for the tests of the emitted code; here it would only cost time.
    private static readonly CSharpParseOptions ParseOptions = GeneratorHarness.ParseOptions.WithDocumentationMode(DocumentationMode.None);

    private static readonly SyntaxTree Prelude = Parse(ProgramWriter.Prelude, "Prelude.cs");

    private static readonly SyntaxTree ExternalSources = Parse(ProgramWriter.ExternalSources, "ExternalSources.cs");

    /// <summary>The failures by program, and the number of gradient buffers that were compared.</summary>
    public static (Dictionary<ProgramDeclaration, FuzzFailure> Failures, int Buffers) Run(IReadOnlyList<ProgramDeclaration> programs, int trials)
    {
        var failures = new Dictionary<ProgramDeclaration, FuzzFailure>();
        ProgramDeclaration[] left = [.. programs];
        while (left.Length > 0)
        {
            if (TryCompile(left, failures) is { } types)
            {
                int buffers = 0;
                foreach (ProgramDeclaration program in left)
                {
                    Type[] own = [.. types.Where(type => type.Namespace == program.Namespace)];
                    buffers += Try(program, own, trials, failures);
                }

                return (failures, buffers);
            }

            left = [.. left.Where(program => !failures.ContainsKey(program))];
        }

        return (failures, 0);
    }

    private static int Try(ProgramDeclaration program, Type[] types, int trials, Dictionary<ProgramDeclaration, FuzzFailure> failures)
    {
        int buffers = 0;
        string name = program.Model.Name;
        Type model = types.Single(type => type.Name.Split('`')[0] == name);
        for (int trial = 0; trial < trials && !failures.ContainsKey(program); trial++)
        {
            try
            {
                buffers += ModelTrial.Run(model, types, unchecked((program.Seed * 31) + trial));
            }
            catch (MismatchException exception)
            {
                failures.Add(program, new FuzzFailure(KindOf(exception.Message), exception.Message));
            }
            catch (Exception exception)
            {
                Exception cause = exception is TargetInvocationException { InnerException: { } inner } ? inner : exception;
                failures.Add(program, new FuzzFailure(cause.GetType().Name, cause.ToString()));
            }
        }

        return buffers;
    }

    // Up to the first number or path: shrinking changes those.
    private static string KindOf(string message) => message.Split(['(', ' ', ':', '.'])[0];

    /// <summary>The types of all programs, or null with at least one more failure noted.</summary>
    private static Type[]? TryCompile(ProgramDeclaration[] programs, Dictionary<ProgramDeclaration, FuzzFailure> failures)
    {
        CSharpCompilation library = Generate("Library", programs, isLibrary: true, GeneratorHarness.References);
        using var libraryImage = new MemoryStream();
        if (!Emit(library, libraryImage, programs, failures))
        {
            return null;
        }

        MetadataReference reference = MetadataReference.CreateFromImage(libraryImage.ToArray());
        CSharpCompilation main = Generate("Model", programs, isLibrary: false, GeneratorHarness.References.Add(reference));
        using var image = new MemoryStream();
        if (!Emit(main, image, programs, failures))
        {
            return null;
        }

        // Not collectible: what could be unloaded is compiled with every optimization at once, which takes several times as long as running it.
        var context = new AssemblyLoadContext("fuzz");
        libraryImage.Position = image.Position = 0;
        Assembly loadedLibrary = context.LoadFromStream(libraryImage);
        return [.. loadedLibrary.GetTypes(), .. context.LoadFromStream(image).GetTypes()];
    }

    private static CSharpCompilation Generate(
        string assembly,
        ProgramDeclaration[] programs,
        bool isLibrary,
        ImmutableArray<MetadataReference> references)
    {
        IEnumerable<SyntaxTree> trees = programs.Select(program => Parse(ProgramWriter.Write(program, isLibrary), program.Namespace + ".cs"));
        var compilation = CSharpCompilation.Create(
            assembly,
            trees.Prepend(isLibrary ? Prelude : ExternalSources),
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, concurrentBuild: false));
        GeneratorDriver driver = CSharpGeneratorDriver.Create([new ClipGenerator().AsSourceGenerator()], parseOptions: ParseOptions);
        driver = driver.RunGeneratorsAndUpdateCompilation(
            compilation, out Compilation generated, out ImmutableArray<Diagnostic> reported, TestContext.Current.CancellationToken);
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        Assert.Null(result.Exception);
        Assert.Empty(reported);
        return (CSharpCompilation)generated;
    }

    private static bool Emit(
        CSharpCompilation compilation, MemoryStream image, ProgramDeclaration[] programs, Dictionary<ProgramDeclaration, FuzzFailure> failures)
    {
        EmitResult result = compilation.Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        int known = failures.Count;
        foreach (Diagnostic diagnostic in result.Diagnostics)
        {
            // The programs' own warnings are nobody's business; in a generated file they are a mistake.
            bool isGenerated = diagnostic.Location.SourceTree?.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) == true;
            if (diagnostic.Severity == DiagnosticSeverity.Error || (isGenerated && diagnostic.Severity == DiagnosticSeverity.Warning))
            {
                Note(diagnostic, isGenerated, programs, failures);
            }
        }

        return result.Success && failures.Count == known;
    }

    private static void Note(Diagnostic diagnostic, bool isGenerated, ProgramDeclaration[] programs, Dictionary<ProgramDeclaration, FuzzFailure> failures)
    {
        string file = Path.GetFileName(diagnostic.Location.SourceTree?.FilePath ?? "");
        ProgramDeclaration? program = programs.FirstOrDefault(candidate => file.StartsWith(candidate.Namespace + ".", StringComparison.Ordinal));
        Assert.True(program is not null, diagnostic.ToString());
        string line = diagnostic.Location.SourceTree?.GetText(TestContext.Current.CancellationToken).Lines[diagnostic.Location.GetLineSpan().StartLinePosition.Line].ToString() ?? "";
        failures.TryAdd(program, new FuzzFailure((isGenerated ? "generated " : "") + diagnostic.Id, $"{diagnostic}\n    {line.Trim()}"));
    }

    private static SyntaxTree Parse(string text, string path) => CSharpSyntaxTree.ParseText(text, ParseOptions, path);
}

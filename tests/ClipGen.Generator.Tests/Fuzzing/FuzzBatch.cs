using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using ClipGen.Generator.Tests.Emission;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace ClipGen.Generator.Tests.Fuzzing;

/// <summary>The failure of one program.</summary>
/// <param name="Kind">The kind of failure, which shrinking must preserve: the id of a compiler error, or the check that failed.</param>
/// <param name="Message">The full message.</param>
internal sealed record FuzzFailure(string Kind, string Message);

/// <summary>
/// Compiles many programs together, as a library and as an assembly that references it, both with the generator, and runs their models.
/// </summary>
internal static class FuzzBatch
{
    // Warnings of the programs' own declarations: obsolete and experimental members, CLS compliance, names.
    private const string SilencedInGeneratedFiles =
        $"CS0612, CS0618, CS8981, CS8860, CS3001, CS3002, CS3003, CS3008, CS3009, CS3024, {ProgramWriter.ObsoleteId}, "
        + $"{ProgramWriter.ExperimentalId}";

    // Only some programs have their documentation checked, because it takes time.
    private static readonly EmissionOptions[] Options =
    [
        new() { Nullable = NullableContextOptions.Enable },
        new() { Nullable = NullableContextOptions.Enable, Language = LanguageVersion.CSharp12, IsChecked = true, AllowsUnsafe = false },
        new() { Nullable = NullableContextOptions.Annotations, Language = LanguageVersion.Preview },
        new() { Nullable = NullableContextOptions.Warnings, Language = LanguageVersion.CSharp11, IsPedantic = true },
    ];

    /// <summary>
    /// Returns the options for a program. They depend only on its seed, so that a program alone fails as it does among others.
    /// </summary>
    public static int OptionsOf(int seed) => seed % Options.Length;

    /// <summary>Returns the failures by program and the number of compared buffers. All programs must have the same options.</summary>
    public static (Dictionary<ProgramDeclaration, FuzzFailure> Failures, int Buffers) Run(
        IReadOnlyList<ProgramDeclaration> programs, int trials)
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

    // The text before the first number or path, which shrinking changes.
    private static string KindOf(string message) => message.Split(['(', ' ', ':', '.'])[0];

    /// <summary>Returns the types of all programs, or null after adding at least one failure.</summary>
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

        // Not collectible: the runtime compiles collectible code with full optimization at once, which takes several times as long as
        // running it.
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
        EmissionOptions options = Options[OptionsOf(programs[0].Seed)];
        CSharpParseOptions parseOptions = options.IsPedantic
            ? options.ParseOptions
            : options.ParseOptions.WithDocumentationMode(DocumentationMode.None);
        if (isLibrary && options.Language < LanguageVersion.CSharp12)
        {
            // The prelude declares an inline array, which needs C# 12. A project of an older language can use one from a library.
            parseOptions = parseOptions.WithLanguageVersion(LanguageVersion.CSharp12);
        }

        IEnumerable<(string Text, string Path)> sources =
            programs.Select(program => (Text: ProgramWriter.Write(program, isLibrary), Path: program.Namespace + ".cs"));
        var compilation = CSharpCompilation.Create(
            assembly,
            sources.Prepend(isLibrary
                ? (Text: ProgramWriter.Prelude, Path: "Prelude.cs")
                : (Text: ProgramWriter.ExternalGradientSources, Path: "ExternalGradientSources.cs"))
                .Select(source => CSharpSyntaxTree.ParseText(source.Text, parseOptions, source.Path)),
            references,
            options.CompilationOptions.WithConcurrentBuild(false));
        GeneratorDriver driver = CSharpGeneratorDriver.Create([new ClipGenerator().AsSourceGenerator()], parseOptions: parseOptions);
        driver = driver.RunGeneratorsAndUpdateCompilation(
            compilation, out Compilation generated, out ImmutableArray<Diagnostic> reported, TestContext.Current.CancellationToken);
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        Assert.Null(result.Exception);
        Assert.Empty(reported);
        return GeneratorHarness.LetGeneratedFilesWarn((CSharpCompilation)generated, SilencedInGeneratedFiles);
    }

    private static bool Emit(
        CSharpCompilation compilation, MemoryStream image, ProgramDeclaration[] programs,
        Dictionary<ProgramDeclaration, FuzzFailure> failures)
    {
        EmitResult result = compilation.Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        int known = failures.Count;
        foreach (Diagnostic diagnostic in result.Diagnostics)
        {
            // Warnings in the programs are ignored. A warning in a generated file is a failure.
            bool isGenerated = diagnostic.Location.SourceTree?.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) == true;
            if (diagnostic.Severity == DiagnosticSeverity.Error || (isGenerated && diagnostic.Severity == DiagnosticSeverity.Warning))
            {
                Note(diagnostic, isGenerated, programs, failures);
            }
        }

        return result.Success && failures.Count == known;
    }

    private static void Note(Diagnostic diagnostic, bool isGenerated, ProgramDeclaration[] programs,
        Dictionary<ProgramDeclaration, FuzzFailure> failures)
    {
        string file = Path.GetFileName(diagnostic.Location.SourceTree?.FilePath ?? "");
        ProgramDeclaration? program =
            programs.FirstOrDefault(candidate => file.StartsWith(candidate.Namespace + ".", StringComparison.Ordinal));
        Assert.True(program is not null, diagnostic.ToString());
        string line = diagnostic.Location.SourceTree?.GetText(
            TestContext.Current.CancellationToken).Lines[diagnostic.Location.GetLineSpan().StartLinePosition.Line].ToString() ?? "";
        failures.TryAdd(program, new FuzzFailure((isGenerated ? "generated " : "") + diagnostic.Id, $"{diagnostic}\n    {line.Trim()}"));
    }
}

using System.Globalization;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Generator.Tests.Emission;

/// <summary>Emitted code compiles for any names and contexts of declarations, or a diagnostic explains why no code is emitted.</summary>
public sealed class EmissionTests
{
    private static readonly Dictionary<string, EmissionCase> Cases =
        new[] { NameCases.All, ClashCases.All, MemberCases.All, AttributeCases.All, CollectionCases.All, TypeCases.All }
            .SelectMany(cases => cases)
            .ToDictionary(one => one.Shows);

    public static TheoryData<string> Shown() => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Shown))]
    public Task Plain(string shows) => VerifyAsync(Cases[shows], EmissionOptions.Plain);

    [Theory]
    [MemberData(nameof(Shown))]
    public Task Pedantic(string shows) => VerifyAsync(Cases[shows], EmissionOptions.Pedantic);

    internal static async Task VerifyAsync(EmissionCase one, EmissionOptions options, IEnumerable<MetadataReference>? references = null)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        (string source, IReadOnlyList<(string Id, int Start, int Length)> expected) = one.Read();
        bool isProgram = CSharpSyntaxTree.ParseText(source, cancellationToken: cancellation).GetCompilationUnitRoot(cancellation).Members
            .Any(member => member is GlobalStatementSyntax);
        options = options with { Output = isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary };
        EmissionTrial trial = await EmissionTrial.RunAsync(source, options, cancellation, references);

        // The program must have only the expected errors. Otherwise its other diagnostics prove nothing. How often an error is reported
        // depends on the compiler.
        Assert.Equal(one.OwnErrors, trial.OwnErrors.Select(error => error.Id).Distinct());
        Assert.Null(trial.Exception);
        Assert.True(trial.Added.IsEmpty, string.Join("\n", trial.Added) + "\n" + string.Join("\n", trial.Files.Values));
        Assert.Equal(
            expected.Select(mark => $"{mark.Id} {source.Substring(mark.Start, mark.Length)} at {mark.Start}"),
            trial.Reported.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error || diagnostic.Id == "AD0001")
                .Select(Describe));
        AssertFiles(trial);
    }

    private static string Describe(Diagnostic diagnostic)
    {
        string text = diagnostic.Location.SourceTree?.GetText().ToString(diagnostic.Location.SourceSpan)
            ?? diagnostic.GetMessage(CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{diagnostic.Id} {text} at {diagnostic.Location.SourceSpan.Start}");
    }

    /// <summary>Asserts that every annotated type has a file, except types with errors and types that hold one of them.</summary>
    private static void AssertFiles(EmissionTrial trial)
    {
        SemanticModel model = trial.Program.GetSemanticModel(trial.Program.SyntaxTrees[0]);
        INamedTypeSymbol[] annotated =
        [
            .. trial.Program.SyntaxTrees[0].GetRoot(TestContext.Current.CancellationToken).DescendantNodes().OfType<TypeDeclarationSyntax>()
                .Select(type => model.GetDeclaredSymbol(type, TestContext.Current.CancellationToken)!)
                .Where(Annotations.IsAnnotated)
                .Distinct(SymbolEqualityComparer.Default)
                .Cast<INamedTypeSymbol>(),
        ];
        Diagnostic[] errors = [.. trial.Reported.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)];
        Model.TypeDeclaration[] declarations = [.. annotated.Select(TypeDeclarationParser.Read)];
        Model.EquatableArray<string> ambiguous = HintNames.FindAmbiguous([.. declarations.Select(declaration => declaration.MetadataName)]);
        for (int i = 0; i < annotated.Length; i++)
        {
            bool hasFile = trial.Files.ContainsKey(HintNames.Of(declarations[i], ambiguous));
            bool hasError = annotated[i].DeclaringSyntaxReferences.Any(
                part => errors.Any(error => part.Span.Contains(error.Location.SourceSpan)));
            bool isBroken = annotated[i].DeclaringSyntaxReferences.Any(
                part => trial.OwnErrors.Any(error => part.Span.Contains(error.Location.SourceSpan)));
            Assert.True(isBroken || (hasError ? !hasFile : hasFile || errors.Length > 0),
                $"{declarations[i].DisplayName} {(hasFile ? "has" : "has no")} file.");
        }

        Assert.True(errors.Length > 0 || trial.Files.Count > 0, "Nothing was generated, and no diagnostic says why.");
    }
}

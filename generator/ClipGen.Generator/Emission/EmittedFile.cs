using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Emission;

/// <summary>
/// The generated file of one type, or why there is none. That one type's file cannot be written costs no other type its code.
/// </summary>
/// <param name="HintName">The file's name.</param>
/// <param name="Text">What is in it, or null when writing it failed.</param>
/// <param name="Failure">What went wrong then.</param>
internal sealed record EmittedFile(string HintName, string? Text, Exception? Failure)
{
    /// <summary>
    /// The one diagnostic that the generator reports itself: the analyzers know what is declared and not what is written. Its id is that of
    /// the rule for declarations that no code can be generated for.
    /// </summary>
#pragma warning disable RS2008 // The rule is in the analyzers' release file.
    private static readonly DiagnosticDescriptor Failed = new(
        RuleIds.CannotBeClipped,
        "The gradient cannot be clipped",
        "The gradients of '{0}' cannot be clipped: {1}",
        "ClipGen",
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: $"https://github.com/clipgen/clipgen/blob/main/docs/rules/{RuleIds.CannotBeClipped}.md");
#pragma warning restore RS2008

    public static EmittedFile Of(SourceDeclaration source, EquatableArray<string> ambiguousNames)
    {
        string hintName = HintNames.Of(source.Type, ambiguousNames);
        try
        {
            return new EmittedFile(hintName, SourceEmitter.Emit(source), null);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return new EmittedFile(hintName, null, exception);
        }
    }

    /// <summary>The error that says why the type has no code.</summary>
    public Diagnostic DescribeFailure(SourceDeclaration source) =>
        Diagnostic.Create(Failed, Location.None, source.Type.DisplayName, InternalFailure.Describe(Failure!));
}

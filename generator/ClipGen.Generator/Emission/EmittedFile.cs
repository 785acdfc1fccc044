using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Emission;

/// <summary>
/// The generated file of one type, or the reason why there is none. If one type's file cannot be written, other types still get their code.
/// </summary>
/// <param name="HintName">The file's name.</param>
/// <param name="Text">The content, or null if writing it failed.</param>
/// <param name="Failure">The exception in that case.</param>
internal sealed record EmittedFile(string HintName, string? Text, Exception? Failure)
{
    /// <summary>
    /// The one diagnostic that the generator reports: the analyzers check declarations, not what is written. Its id is that of the rule for
    /// gradients that cannot be clipped.
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

    public static EmittedFile Of(GradientSourceDeclaration source, EquatableArray<string> ambiguousNames)
    {
        string hintName = HintNames.Of(source.Type, ambiguousNames);
        try
        {
            return new EmittedFile(hintName, GradientSourceEmitter.Emit(source), null);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return new EmittedFile(hintName, null, exception);
        }
    }

    /// <summary>The error for a type without code.</summary>
    public Diagnostic DescribeFailure(GradientSourceDeclaration source) =>
        Diagnostic.Create(Failed, Location.None, source.Type.DisplayName, InternalFailure.Describe(Failure!));
}

using ClipGen.Analyzers.Declarations.Undeclared;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Dataflow;

/// <summary>
/// Pairs of methods that read and write a stored number, as properties of other languages do: <c>GetError(i)</c> and
/// <c>SetError(i, value)</c>. If the reading method returns a member, the member stands for the number, and else the method.
/// </summary>
internal static class BufferAccessors
{
    /// <summary>Whether a call returns a stored gradient, parameter or learning rate. Its arguments are positions.</summary>
    public static bool IsRead(IInvocationOperation call) =>
        call is { Instance: not null, TargetMethod: { MethodKind: MethodKind.Ordinary, Name: var name } }
        && IsVerb(name, "get")
        && BufferAccess.HoldsNumbers(call.Type)
        && call.Arguments.All(IsPosition)
        && (IdentifierWords.Of(name) is ["get", _, ..] ? IsOfTraining(name) : IsOfTraining(name.Substring("get".Length)));

    /// <summary>What a method for reading stands for: the member that it returns, or the method itself.</summary>
    public static ISymbol StoredBehind(IMethodSymbol reader) =>
        ReturnedBy(reader).FirstOrDefault(member => IsOfTraining(member.Name) && BufferAccess.HoldsNumbers(BufferAccess.TypeOf(member)))
            ?.OriginalDefinition
        ?? reader.OriginalDefinition;

    private static bool IsOfTraining(string name) =>
        NetworkNames.IsCandidate(name) || NetworkNames.IsParameter(name) || NetworkNames.IsLearningRate(name);

    /// <summary>The members that a method returns, or of which it returns elements.</summary>
    private static IEnumerable<ISymbol> ReturnedBy(IMethodSymbol method) =>
        method.DeclaringSyntaxReferences is [var declaration]
            ? declaration.GetSyntax().DescendantNodes()
                .Select(part => part switch
                {
                    ReturnStatementSyntax { Expression: { } returned } => returned,
                    ArrowExpressionClauseSyntax arrow => arrow.Expression,
                    _ => null,
                })
                .Select(NameIn)
                .OfType<string>()
                .SelectMany(name => method.ContainingType.SelfAndBases().SelectMany(type => type.GetMembers(name)))
                .Where(member => member is IFieldSymbol or IPropertySymbol)
            : [];

    private static string? NameIn(ExpressionSyntax? expression)
    {
        while (expression is ElementAccessExpressionSyntax element)
            expression = element.Expression;
        return PropertyGetter.OwnName(expression);
    }

    /// <summary>
    /// Whether a call returns a stored gradient under any of the usual names: <c>p.ReadGradient(parameter)</c>. Its arguments are positions
    /// at most.
    /// </summary>
    public static bool ReturnsGradient(IInvocationOperation call) =>
        TrainingVocabulary.Contains(call.TargetMethod.Name, "grad")
        && call.Instance is not null
        && IdentifierWords.Of(call.TargetMethod.Name)[0] is "get" or "grad" or "gradient" or "read"
        && NetworkNames.IsGradient(call.TargetMethod.Name)
        && !MethodClassifier.IsBackwardByName(call.TargetMethod)
        && !call.Arguments.Any(argument => BufferAccess.Of(argument.Value) is { } access && (access.IsNumber
            || access.Type is IArrayTypeSymbol { ElementType.SpecialType: not (SpecialType.System_Int32 or SpecialType.System_Int64) }));

    /// <summary>
    /// The method or property that reads what a call stores: <c>GetError(i)</c> or <c>Error</c> for <c>SetError</c>;
    /// <see langword="null"/> if the call is no such pair's.
    /// </summary>
    public static ISymbol? ReaderFor(IInvocationOperation call)
    {
        string name = call.TargetMethod.Name;
        if (call.Instance is null || call.Arguments.Length == 0 || !IsVerb(name, "set") || !call.TargetMethod.ReturnsVoid
            || !call.Arguments.Take(call.Arguments.Length - 1).All(IsPosition)
            || !call.TargetMethod.Parameters[call.TargetMethod.Parameters.Length - 1].Type.IsFloatOrDouble())
        {
            return null;
        }

        string stored = name.Substring(3);
        string reader = (name[0] == 's' ? "get" : "Get") + stored;
        ISymbol? found = call.TargetMethod.ContainingType.SelfAndBases()
            .SelectMany(type => type.GetMembers(reader).Concat(type.GetMembers(stored)))
            .FirstOrDefault(member => BufferAccess.TypeOf(member)?.IsFloatOrDouble() == true);
        return found is IMethodSymbol method ? StoredBehind(method) : found?.OriginalDefinition;
    }

    private static bool IsVerb(string name, string verb) =>
        name.Length > verb.Length && name.StartsWith(verb, StringComparison.OrdinalIgnoreCase);

    private static bool IsPosition(IArgumentOperation argument) =>
        argument.Parameter?.Type.SpecialType is SpecialType.System_Int32 or SpecialType.System_Int64;
}

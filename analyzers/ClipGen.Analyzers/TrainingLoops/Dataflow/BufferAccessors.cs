using ClipGen.Analyzers.Declarations.Undeclared;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Dataflow;

/// <summary>
/// Pairs of methods that read and write a stored number, as properties of other languages do: <c>GetError(i)</c> and
/// <c>SetError(i, value)</c>. The reading method stands for the number.
/// </summary>
internal static class BufferAccessors
{
    /// <summary>Whether a call returns a stored gradient, parameter or learning rate. Its arguments are positions.</summary>
    public static bool IsRead(IInvocationOperation call) =>
        call is { Instance: not null, TargetMethod: { MethodKind: MethodKind.Ordinary, Name: var name } }
        && IsVerb(name, "get")
        && BufferAccess.HoldsNumbers(call.Type)
        && call.Arguments.All(IsPosition)
        && IdentifierWords.Of(name) is ["get", _, ..]
        && (NetworkNames.IsCandidate(name) || NetworkNames.IsParameter(name) || NetworkNames.IsLearningRate(name));

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
        return call.TargetMethod.ContainingType.SelfAndBases()
            .SelectMany(type => type.GetMembers(reader).Concat(type.GetMembers(stored)))
            .FirstOrDefault(member => BufferAccess.TypeOf(member)?.IsFloatOrDouble() == true)
            ?.OriginalDefinition;
    }

    private static bool IsVerb(string name, string verb) =>
        name.Length > verb.Length && name.StartsWith(verb, StringComparison.OrdinalIgnoreCase);

    private static bool IsPosition(IArgumentOperation argument) =>
        argument.Parameter?.Type.SpecialType is SpecialType.System_Int32 or SpecialType.System_Int64;
}

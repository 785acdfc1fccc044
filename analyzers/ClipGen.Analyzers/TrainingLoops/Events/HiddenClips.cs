using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>Recognises calls of functions that cannot be read and that may clip, because they are handed what holds the gradients.</summary>
internal sealed class HiddenClips(KnownTypes types, CalledMethods called)
{
    /// <summary>
    /// Whether a delegate whose function is not in sight may clip: it is named after clipping, or it is handed the network or the optimizer and
    /// returns nothing. A function that returns something computes a loss or a prediction.
    /// </summary>
    public bool MayBeIn(IInvocationOperation invocation, IOperation? @delegate)
    {
        string? name = @delegate switch
        {
            IMemberReferenceOperation member => member.Member.Name,
            IParameterReferenceOperation parameter => parameter.Parameter.Name,
            ILocalReferenceOperation local => local.Local.Name,
            _ => null,
        };
        if (name is not null && TrainingVocabulary.IsClipName(name, null))
            return true;
        return ReturnsNothing(invocation.TargetMethod) && IsHandedGradients(invocation);
    }

    /// <summary>
    /// Whether an abstract method may clip that only classes of other projects implement: it is called on or with what holds the gradients, so that
    /// the users of the library can clip in it.
    /// </summary>
    public bool MayBeInImplementationsOf(IInvocationOperation invocation)
    {
        IMethodSymbol method = invocation.TargetMethod.OriginalDefinition;
        return method.IsAbstract
            && ReturnsNothing(method)
            && (invocation.Instance is IInstanceReferenceOperation || IsHandedGradients(invocation))
            && called.IsLeftToOthers(method);
    }

    private static bool ReturnsNothing(IMethodSymbol method) =>
        method.ReturnsVoid || method.ReturnType is INamedTypeSymbol { Name: "Task" or "ValueTask", IsGenericType: false };

    private bool IsHandedGradients(IInvocationOperation invocation) => invocation.Arguments.Any(argument => HoldsGradients(argument.Value));

    private bool HoldsGradients(IOperation value)
    {
        ITypeSymbol? type = value.WithoutConversions().Type;
        return types.IsNetwork(type) || type.IsOrDerivesFrom(types.Optimizer);
    }
}

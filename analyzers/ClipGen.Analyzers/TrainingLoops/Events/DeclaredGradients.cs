using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>Recognises what is done to the elements of members that ClipGen's attributes declare as gradients.</summary>
internal sealed class DeclaredGradients(KnownTypes types)
{
    private static readonly string[] ScaleWords = ["clip", "scale", "coef", "clamp", "norm"];

    /// <summary>What an assignment does to a declared gradient, or to a parameter by one.</summary>
    public TrainingAction ActionOf(IAssignmentOperation assignment)
    {
        if (!types.HasClipGen || BufferOf(assignment.Target) is not { } written)
            return TrainingAction.None;
        IOperation value = assignment.Value;
        if (IsGradient(written))
        {
            if (assignment is ISimpleAssignmentOperation && IsZero(value))
                return TrainingAction.Reset;
            return IsScaling(assignment) || value.DescendantsAndSelf().Any(part => IsLimiting(part) && ReadsGradient(part))
                ? TrainingAction.Clip
                : TrainingAction.Backward;
        }

        bool isUpdate = assignment is ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Subtract or BinaryOperatorKind.Add }
            || value.DescendantsAndSelf().Any(part => SymbolEqualityComparer.Default.Equals(BufferOf(part), written));
        return isUpdate && written is IFieldSymbol or IPropertySymbol && ReadsGradient(value) && !MentionsClipping(value)
            ? TrainingAction.Step
            : TrainingAction.None;
    }

    /// <summary>Whether a call sets all elements of a declared gradient.</summary>
    public bool IsReset(IInvocationOperation invocation) =>
        types.HasClipGen
        && invocation.TargetMethod.Name is "Clear" or "Fill"
        && (invocation.Instance is null ? invocation.Arguments.FirstOrDefault()?.Value : invocation.Instance) is { } buffer
        && buffer.DescendantsAndSelf().Any(part => part is IMemberReferenceOperation member && IsGradient(member.Member));

    private bool ReadsGradient(IOperation value) =>
        value.DescendantsAndSelf().Any(part => BufferOf(part) is { } read && IsGradient(read));

    private bool IsGradient(ISymbol member) => types.IsDeclaredGradient(member.OriginalDefinition);

    /// <summary>The member or variable whose element the operation is.</summary>
    private static ISymbol? BufferOf(IOperation operation)
    {
        IOperation? collection = operation switch
        {
            IArrayElementReferenceOperation element => element.ArrayReference,
            IPropertyReferenceOperation { Property.IsIndexer: true } indexer => indexer.Instance,
            _ => null,
        };
        while (collection is IArrayElementReferenceOperation nested)
            collection = nested.ArrayReference;
        return collection switch
        {
            IMemberReferenceOperation member => member.Member,
            ILocalReferenceOperation local => local.Local,
            _ => null,
        };
    }

    private static bool IsScaling(IAssignmentOperation assignment) =>
        assignment is ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Multiply or BinaryOperatorKind.Divide };

    private static bool IsLimiting(IOperation part) => part is IInvocationOperation { TargetMethod.Name: "Clamp" or "Min" or "Max" };

    private static bool IsZero(IOperation value)
    {
        value = value.WithoutConversions();
        return value is IDefaultValueOperation || (value.ConstantValue is { HasValue: true, Value: IConvertible number } && IsZero(number));
    }

    private static bool IsZero(IConvertible number) => number is not (string or char) && Convert.ToDouble(number, null) == 0;

    private static bool MentionsClipping(IOperation value) => value.DescendantsAndSelf().Any(part => part switch
    {
        ILocalReferenceOperation local => IsScale(local.Local.Name),
        IParameterReferenceOperation parameter => IsScale(parameter.Parameter.Name),
        IMemberReferenceOperation member => IsScale(member.Member.Name),
        IInvocationOperation invocation => IsLimiting(invocation) || IsScale(invocation.TargetMethod.Name),
        _ => false,
    });

    private static bool IsScale(string name) => TrainingVocabulary.ContainsAny(name, ScaleWords);
}

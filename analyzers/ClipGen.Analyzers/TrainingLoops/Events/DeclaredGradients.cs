using System.Collections.Concurrent;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>What a body does with the elements of members that ClipGen's attributes declare as gradients.</summary>
internal sealed class DeclaredGradients(KnownTypes symbols)
{
    private readonly ConcurrentDictionary<ISymbol, bool> _known = new(SymbolEqualityComparer.Default);

    public BufferUse UseOf(IOperation operation)
    {
        if (!symbols.HasClipGen || operation is not IAssignmentOperation { Target: var target, Value: var value })
            return BufferUse.None;
        if (BufferOf(target) is { } written)
        {
            if (IsGradient(written))
            {
                if (operation is ISimpleAssignmentOperation && IsZero(value))
                    return BufferUse.Reset;
                return operation is ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Multiply or BinaryOperatorKind.Divide }
                    ? BufferUse.Clip
                    : value.DescendantsAndSelf().Any(part => part is IInvocationOperation { TargetMethod.Name: "Clamp" or "Min" or "Max" } && ReadsGradient(part))
                        ? BufferUse.Clip
                        : BufferUse.Backward;
            }

            bool isUpdate = operation is ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Subtract or BinaryOperatorKind.Add }
                || value.DescendantsAndSelf().Any(part => BufferOf(part) is { } read && SymbolEqualityComparer.Default.Equals(read, written));
            if (isUpdate && written is IFieldSymbol or IPropertySymbol && ReadsGradient(value) && !MentionsClipping(value))
                return BufferUse.Step;
        }

        return BufferUse.None;
    }

    public bool IsReset(IInvocationOperation invocation) =>
        symbols.HasClipGen
        && invocation.TargetMethod.Name is "Clear" or "Fill"
        && (invocation.Instance is null ? invocation.Arguments.FirstOrDefault()?.Value : invocation.Instance) is { } buffer
        && buffer.DescendantsAndSelf().Any(part => part is IMemberReferenceOperation member && IsGradient(member.Member));

    private bool ReadsGradient(IOperation value) =>
        value.DescendantsAndSelf().Any(part => BufferOf(part) is { } read && IsGradient(read));

    private bool IsGradient(ISymbol member) => member is IFieldSymbol or IPropertySymbol && _known.GetOrAdd(member.OriginalDefinition, symbols.IsDeclaredGradient);

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

    private static bool IsZero(IOperation value)
    {
        while (value is IConversionOperation conversion)
            value = conversion.Operand;
        return value is IDefaultValueOperation || (value.ConstantValue is { HasValue: true, Value: IConvertible number } && Convert.ToDouble(number, null) == 0);
    }

    private static bool MentionsClipping(IOperation value) => value.DescendantsAndSelf().Any(part => part switch
    {
        ILocalReferenceOperation local => IsScale(local.Local.Name),
        IParameterReferenceOperation parameter => IsScale(parameter.Parameter.Name),
        IMemberReferenceOperation member => IsScale(member.Member.Name),
        IInvocationOperation invocation => invocation.TargetMethod.Name is "Clamp" or "Min" or "Max" || IsScale(invocation.TargetMethod.Name),
        _ => false,
    });

    private static bool IsScale(string name) =>
        TrainingVocabulary.Contains(name, "clip") || TrainingVocabulary.Contains(name, "scale") || TrainingVocabulary.Contains(name, "coef")
        || TrainingVocabulary.Contains(name, "clamp") || TrainingVocabulary.Contains(name, "norm");
}

/// <summary>What an assignment does to a declared gradient.</summary>
internal enum BufferUse
{
    None,
    Backward,
    Clip,
    Reset,
    Step,
}

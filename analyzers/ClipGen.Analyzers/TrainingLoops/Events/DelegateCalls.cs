using System.Collections.Immutable;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>Finds the functions of a delegate expression: a lambda, a method, or the value of a local variable.</summary>
internal sealed class DelegateCalls(CalledMethods called, MethodClassifier classifier, AssignedFunctions functions)
{
    /// <summary>The number of variables that are followed to a function.</summary>
    private const int DepthLimit = 2;

    /// <summary>Calls, at the given place, of functions that are passed as arguments.</summary>
    public IEnumerable<TrainingEvent> OfArguments(ImmutableArray<IArgumentOperation> arguments, SyntaxNode site, BodyFacts facts) =>
        arguments.SelectMany(argument => Of(argument.Value, site, facts));

    /// <summary>
    /// Calls, at the given place, of the functions that the expression stands for. An event, a field or a property stands for everything
    /// that the program assigns to it, in any type.
    /// </summary>
    public IEnumerable<TrainingEvent> Of(IOperation? expression, SyntaxNode site, BodyFacts facts) =>
        expression?.WithoutConversions() is IMemberReferenceOperation { Member: IEventSymbol or IFieldSymbol or IPropertySymbol } member
        && IsDelegate(member.Type)
            ? functions.Of(member.Member).SelectMany(function => OfOne(function, site, facts)).Take(AnalysisLimits.OverridesOfCall)
            : OfOne(expression, site, facts);

    private IEnumerable<TrainingEvent> OfOne(IOperation? expression, SyntaxNode site, BodyFacts facts)
    {
        for (int depth = 0; depth <= DepthLimit;)
        {
            switch (expression?.WithoutConversions())
            {
                case IDelegateCreationOperation creation:
                    expression = creation.Target;
                    continue;
                case IAnonymousFunctionOperation lambda:
                    return [TrainingEvent.Call(site) with { Lambda = lambda.Syntax, Method = lambda.Symbol }];
                case IMethodReferenceOperation reference when called.IsWorthLookingInto(reference.Method.OriginalDefinition):
                    return
                    [
                        TrainingEvent.Call(site) with
                        {
                            Method = reference.Method.OriginalDefinition,
                            Classification = classifier.Classify(reference.Method),
                            Target = facts.TargetOf(reference.Instance),
                            TargetType = reference.Instance?.Type,
                            IsVirtual = reference.IsVirtual,
                        },
                    ];
                case IMethodReferenceOperation reference when classifier.Classify(reference.Method) is { IsMarked: true } marked:
                    return
                    [
                        new TrainingEvent(marked.Action, site, marked.Evidence)
                        {
                            Method = reference.Method.OriginalDefinition,
                            Target = facts.TargetOf(reference.Instance),
                            TargetType = reference.Instance?.Type,
                        },
                    ];
                case ILocalReferenceOperation local when IsDelegate(local.Type) && facts.ValuesOf(local.Local) is { Count: 1 } values:
                    expression = values[0];
                    break;
                case IConditionalAccessInstanceOperation placeholder:
                    expression = placeholder.ConditionalReceiver();
                    break;
                default:
                    return [];
            }

            depth++;
        }

        return [];
    }

    public static bool IsDelegate(ITypeSymbol? type) => type?.TypeKind == TypeKind.Delegate;

    /// <summary>Whether the value is null, or an optional parameter with the default null: few optimizers need a closure.</summary>
    public static bool IsNoFunction(IOperation value) =>
        value.WithoutConversions() is IDefaultValueOperation or { ConstantValue: { HasValue: true, Value: null } }
            or IParameterReferenceOperation { Parameter: { HasExplicitDefaultValue: true, ExplicitDefaultValue: null } };
}

using System.Collections.Immutable;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>Finds the training events of one body, by the syntax that they happen at. Their order comes from the control-flow graph.</summary>
internal sealed class EventExtractor(TrainingProgram program)
{
    private readonly TensorGradients _gradients = program.Gradients;
    private readonly DeclaredGradients _buffers = program.Buffers;

    public Dictionary<SyntaxNode, List<TrainingEvent>> Extract(BodyFacts facts)
    {
        var events = new Dictionary<SyntaxNode, List<TrainingEvent>>();
        foreach (IOperation operation in facts.Root.DescendantsAndSelf())
        {
            program.Cancellation.ThrowIfCancellationRequested();
            foreach (TrainingEvent found in EventsOf(operation, facts))
            {
                if (!events.TryGetValue(found.Syntax, out List<TrainingEvent>? list))
                    events[found.Syntax] = list = [];
                list.Add(found);
            }
        }

        return events;
    }

    private IEnumerable<TrainingEvent> EventsOf(IOperation operation, BodyFacts facts)
    {
        if (operation is IInvocationOperation invocation)
            return InvocationEvents(invocation, facts);
        if (operation is IObjectCreationOperation creation)
            return FunctionArguments(creation.Arguments, creation.Syntax, facts);
        if (operation is IInvalidOperation or IDynamicInvocationOperation)
            return UnboundEvents(operation);
        if (operation is IAssignmentOperation)
        {
            if (EventOf(_gradients.UseOf(operation, facts), operation, Updated(operation), facts) is { } torch)
                return [torch];
            if (EventOf(_buffers.UseOf(operation), operation) is { } buffer)
                return [buffer];
        }

        return [];
    }

    private IEnumerable<TrainingEvent> InvocationEvents(IInvocationOperation invocation, BodyFacts facts)
    {
        IMethodSymbol method = invocation.TargetMethod;
        IOperation? receiver = Receiver(invocation);

        if (method.MethodKind == MethodKind.DelegateInvoke)
        {
            bool isKnown = false;
            foreach (TrainingEvent call in Functions(receiver, invocation.Syntax, facts))
            {
                isKnown = true;
                yield return call;
            }

            if (!isKnown && MayClipOutOfSight(invocation, receiver))
                yield return OutOfSightClip(invocation);
            yield break;
        }

        Classification classification = program.Classifier.Classify(method);
        bool isStep = classification.Role == TrainingAction.Step && classification.Evidence == Evidence.Certain;
        if (isStep && program.Classifier.IsLbfgs(receiver?.Type))
            yield break;

        bool hasClosure = false;
        foreach (TrainingEvent call in FunctionArguments(invocation.Arguments, invocation.Syntax, facts))
        {
            hasClosure = true;
            yield return call;
        }

        if (EventOf(_gradients.UseOf(invocation, facts), invocation, receiver, facts) is { } use)
        {
            yield return use;
            yield break;
        }

        if (_buffers.IsReset(invocation))
        {
            yield return new TrainingEvent(EventKind.Reset, invocation.Syntax, Evidence.Certain) { Method = method, Target = Target.This };
            yield break;
        }

        if (CallOf(invocation, method, receiver, classification, facts) is { } inner)
        {
            yield return inner;
            yield break;
        }

        // A step whose closure was handed over in a way that is not seen: nothing is known of what happens inside.
        if (isStep && !hasClosure && invocation.Arguments.Any(argument => IsDelegate(argument.Parameter?.Type) && !IsNoFunction(argument.Value)))
            yield break;
        if (Event(invocation, method, receiver, classification, facts) is { } certain)
            yield return certain;
        else if (IsHookOutOfSight(invocation))
            yield return OutOfSightClip(invocation);
    }

    /// <summary>The event that a classified call is by itself, its source not looked into.</summary>
    private TrainingEvent? Event(IInvocationOperation invocation, IMethodSymbol method, IOperation? receiver, Classification classification, BodyFacts facts)
    {
        EventKind? kind = KindOf(classification.Role);
        if (kind is null)
            return null;
        var found = new TrainingEvent(kind.Value, invocation.Syntax, classification.Evidence)
        {
            Method = method,
            Classification = classification,
            Target = TargetOf(invocation, receiver, facts),
            TargetType = receiver?.Type,
        };
        return kind == EventKind.Clip ? found with { Networks = NetworksOf(invocation, receiver, facts) } : found;
    }

    public static EventKind? KindOf(TrainingAction role) => role switch
    {
        TrainingAction.Backward => EventKind.Backward,
        TrainingAction.Clip => EventKind.Clip,
        TrainingAction.Step => EventKind.Step,
        TrainingAction.Reset => EventKind.Reset,
        _ => null,
    };

    /// <summary>
    /// A call that does not bind, in code that is being written: its name has to do, so that no warning comes and goes with an error elsewhere.
    /// </summary>
    private static IEnumerable<TrainingEvent> UnboundEvents(IOperation operation)
    {
        if (operation.Syntax is not InvocationExpressionSyntax { Expression: var called })
            return [];
        string? name = called switch
        {
            MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
            MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText,
            SimpleNameSyntax simple => simple.Identifier.ValueText,
            _ => null,
        };
        if (name is null)
            return [];
        // p.grad().clamp_(…), as it was written for earlier versions of TorchSharp.
        if (TrainingVocabulary.IsClipName(name, null)
            || (TensorGradients.IsInPlaceClip(name) && called is MemberAccessExpressionSyntax { Expression: var clipped } && IsGradient(clipped)))
        {
            return [new TrainingEvent(EventKind.Clip, operation.Syntax, Evidence.Name)];
        }

        return TrainingVocabulary.IsBackwardName(name) ? [new TrainingEvent(EventKind.Backward, operation.Syntax, Evidence.Name)] : [];
    }

    private static bool IsGradient(ExpressionSyntax expression) =>
        expression.DescendantTokens().Any(token => TrainingVocabulary.Contains(token.ValueText, "grad"));

    private TrainingEvent? CallOf(IInvocationOperation invocation, IMethodSymbol method, IOperation? receiver, Classification classification, BodyFacts facts)
    {
        IMethodSymbol definition = (method.ReducedFrom ?? method).OriginalDefinition;
        if (!program.IsWorthLookingInto(definition))
            return null;
        ImmutableDictionary<ISymbol, Target?> arguments = TrainingEvent.NoArguments;
        foreach (IArgumentOperation argument in invocation.Arguments)
        {
            if (argument.Parameter is { } parameter)
                arguments = arguments.SetItem(parameter.OriginalDefinition, facts.TargetOf(argument.Value));
        }

        ImmutableArray<Target>? networks = classification.Role == TrainingAction.Clip ? NetworksOf(invocation, receiver, facts) : null;
        return new TrainingEvent(EventKind.Call, invocation.Syntax, classification.Evidence)
        {
            Method = definition,
            Classification = classification,
            Target = TargetOf(invocation, receiver, facts),
            TargetType = receiver?.Type,
            Networks = networks,
            Arguments = arguments,
            IsVirtual = !(receiver?.Syntax is BaseExpressionSyntax)
                && (method.IsVirtual || method.IsAbstract || method.IsOverride),
        };
    }

    private IEnumerable<TrainingEvent> FunctionArguments(ImmutableArray<IArgumentOperation> arguments, SyntaxNode site, BodyFacts facts)
    {
        foreach (IArgumentOperation argument in arguments)
        {
            foreach (TrainingEvent call in Functions(argument.Value, site, facts))
                yield return call;
        }
    }

    /// <summary>The calls of what a delegate expression stands for: a lambda, a method, or a local that holds one.</summary>
    private IEnumerable<TrainingEvent> Functions(IOperation? expression, SyntaxNode site, BodyFacts facts, int depth = 0)
    {
        while (expression is IConversionOperation conversion)
            expression = conversion.Operand;
        switch (expression)
        {
            case IDelegateCreationOperation creation:
                return Functions(creation.Target, site, facts, depth);
            case IAnonymousFunctionOperation lambda:
                return [new TrainingEvent(EventKind.Call, site, Evidence.Certain) { Lambda = lambda.Syntax, Method = lambda.Symbol }];
            case IMethodReferenceOperation reference when program.IsWorthLookingInto(reference.Method.OriginalDefinition):
                return
                [
                    new TrainingEvent(EventKind.Call, site, Evidence.Certain)
                    {
                        Method = reference.Method.OriginalDefinition,
                        Classification = program.Classifier.Classify(reference.Method),
                        Target = facts.TargetOf(reference.Instance),
                        TargetType = reference.Instance?.Type,
                        IsVirtual = reference.IsVirtual,
                    },
                ];
            case ILocalReferenceOperation local when depth < 2 && IsDelegate(local.Type):
                IReadOnlyList<IOperation> values = facts.ValuesOf(local.Local);
                return values.Count == 1 ? Functions(values[0], site, facts, depth + 1) : [];
            case IConditionalAccessInstanceOperation hole:
                return Functions(Target.ConditionalReceiver(hole), site, facts, depth + 1);
            default:
                return [];
        }
    }

    private ImmutableArray<Target>? NetworksOf(IInvocationOperation invocation, IOperation? receiver, BodyFacts facts)
    {
        if (receiver is not null && IsNetwork(receiver.Type))
            return facts.TargetOf(receiver) is { } model ? ImmutableArray.Create(model) : null;
        var networks = ImmutableArray.CreateBuilder<Target>();
        bool any = false;
        foreach (IArgumentOperation argument in invocation.Arguments)
        {
            IOperation value = argument.Value;
            while (value is IConversionOperation conversion)
                value = conversion.Operand;
            if (value.Type is null || value.Type.SpecialType != SpecialType.None || value.ConstantValue.HasValue)
                continue;
            any = true;
            if (IsNetwork(value.Type) || TrainingVocabulary.IsOptimizerLike(value.Type))
            {
                if (facts.TargetOf(value) is not { } network)
                    return null;
                networks.Add(network);
            }
            else if (program.Sources.Read(value, facts) is { } sources)
            {
                networks.AddRange(sources);
            }
            else
            {
                return null;
            }
        }

        if (!any && receiver is not null && TrainingVocabulary.IsOptimizerLike(receiver.Type) && facts.TargetOf(receiver) is { } optimizer)
            return ImmutableArray.Create(optimizer);
        return networks.Count > 0 ? networks.ToImmutable() : null;
    }

    /// <summary>
    /// A hook whose functions are not in sight, and that is handed the network or the optimizer or named after clipping: it may be where the program clips.
    /// What returns something computes a loss or a prediction.
    /// </summary>
    private bool MayClipOutOfSight(IInvocationOperation invocation, IOperation? receiver)
    {
        string? name = receiver switch
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
    /// A method that only classes of other projects can implement, called on what holds the gradients or with it: a callback for those who use the library,
    /// who may clip in it.
    /// </summary>
    private bool IsHookOutOfSight(IInvocationOperation invocation)
    {
        IMethodSymbol method = invocation.TargetMethod.OriginalDefinition;
        return method.IsAbstract
            && ReturnsNothing(method)
            && (invocation.Instance is IInstanceReferenceOperation || IsHandedGradients(invocation))
            && program.IsLeftToOthers(method);
    }

    private static TrainingEvent OutOfSightClip(IInvocationOperation invocation) =>
        new(EventKind.Clip, invocation.Syntax, Evidence.Name) { IsOutOfSight = true };

    private static bool ReturnsNothing(IMethodSymbol method) => method.ReturnsVoid || method.ReturnType is INamedTypeSymbol { Name: "Task" or "ValueTask", IsGenericType: false };

    private bool IsHandedGradients(IInvocationOperation invocation) => invocation.Arguments.Any(argument => HoldsGradients(argument.Value));

    private bool HoldsGradients(IOperation value)
    {
        while (value is IConversionOperation conversion)
            value = conversion.Operand;
        return IsNetwork(value.Type) || KnownTypes.IsOrDerives(value.Type, program.Symbols.Optimizer);
    }

    private bool IsNetwork(ITypeSymbol? type) => KnownTypes.IsOrDerives(type, program.Symbols.Module) || program.Symbols.IsAnnotated(type);

    private static Target? TargetOf(IInvocationOperation invocation, IOperation? receiver, BodyFacts facts)
    {
        if (receiver is not null)
            return facts.TargetOf(receiver);
        return invocation.Arguments.Length > 0 && invocation.TargetMethod.IsStatic ? facts.TargetOf(invocation.Arguments[0].Value) : Target.This;
    }

    private static IOperation? Receiver(IInvocationOperation invocation)
    {
        IOperation? receiver = invocation.Instance;
        if (receiver is null && invocation.TargetMethod.IsExtensionMethod && invocation.Arguments.Length > 0)
            receiver = invocation.Arguments[0].Value;
        if (receiver is IConditionalAccessInstanceOperation hole)
            receiver = Target.ConditionalReceiver(hole) ?? receiver;
        while (receiver is IConversionOperation conversion)
            receiver = conversion.Operand;
        return receiver;
    }

    private static IOperation? Updated(IOperation assignment) => (assignment as IAssignmentOperation)?.Target;

    private TrainingEvent? EventOf(GradientUse use, IOperation operation, IOperation? updated, BodyFacts facts)
    {
        switch (use)
        {
            case GradientUse.Clip when IsUnscaling(operation):
                return null;
            case GradientUse.Clip:
                return new TrainingEvent(EventKind.Clip, operation.Syntax, Evidence.Certain);
            case GradientUse.DroppedClip:
                return new TrainingEvent(EventKind.DroppedClip, operation.Syntax, Evidence.Certain);
            case GradientUse.Reset:
                return new TrainingEvent(EventKind.Reset, operation.Syntax, Evidence.Certain);
            case GradientUse.Step:
                return new TrainingEvent(EventKind.Step, operation.Syntax, Evidence.Certain) { Target = facts.TargetOf(updated), TargetType = updated?.Type };
            default:
                return null;
        }
    }

    private static TrainingEvent? EventOf(BufferUse use, IOperation operation) => use switch
    {
        BufferUse.Backward => new TrainingEvent(EventKind.Backward, operation.Syntax, Evidence.Certain),
        BufferUse.Clip => new TrainingEvent(EventKind.Clip, operation.Syntax, Evidence.Certain),
        BufferUse.Reset => new TrainingEvent(EventKind.Reset, operation.Syntax, Evidence.Certain) { Target = Target.This },
        BufferUse.Step => new TrainingEvent(EventKind.Step, operation.Syntax, Evidence.Certain) { Target = Target.This },
        _ => null,
    };

    // Mixed precision: dividing gradients by the loss scale is no clipping.
    private static bool IsUnscaling(IOperation operation)
    {
        for (SyntaxNode? node = operation.Syntax; node is not null; node = node.Parent)
        {
            if (node is MethodDeclarationSyntax method)
                return TrainingVocabulary.Contains(method.Identifier.ValueText, "unscale");
        }

        return false;
    }

    /// <summary>Null, or a parameter that is null unless a caller says otherwise: the closure that almost no optimizer needs.</summary>
    private static bool IsNoFunction(IOperation value)
    {
        while (value is IConversionOperation conversion)
            value = conversion.Operand;
        return value is IDefaultValueOperation or { ConstantValue: { HasValue: true, Value: null } }
            or IParameterReferenceOperation { Parameter: { HasExplicitDefaultValue: true, ExplicitDefaultValue: null } };
    }

    private static bool IsDelegate(ITypeSymbol? type) => type?.TypeKind == TypeKind.Delegate;
}

using System.Collections.Immutable;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Buffers;
using ClipGen.Analyzers.TrainingLoops.Dataflow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Tensors;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>Finds the training events of one body and their syntax. The control-flow graph gives their order.</summary>
internal sealed class EventExtractor(
    KnownTypes types,
    MethodClassifier classifier,
    CalledMethods called,
    ParameterOwners sources,
    TensorValues tensors,
    InputTensors inputs,
    AssignedFunctions functions,
    ReturnedValues returned,
    LimitedArguments limited,
    CalledWrites written,
    BufferEffects? effects)
{
    private readonly TensorGradients _tensors = new(types, tensors, inputs);
    private readonly DeclaredGradients _declared = new(types);
    private readonly DelegateCalls _delegates = new(called, classifier, functions);
    private readonly Disposals _disposals = new(called, returned);
    private readonly HiddenClips _hidden = new(types, called, sources, tensors);

    public Dictionary<SyntaxNode, List<TrainingEvent>> Extract(BodyFacts facts)
    {
        var events = new Dictionary<SyntaxNode, List<TrainingEvent>>();
        Dictionary<IOperation, IReadOnlyList<TrainingAction>> declared = DeclaredActionsIn(facts);
        foreach (IOperation operation in facts.Root.DescendantsAndSelf())
        {
            foreach (TrainingEvent found in EventsOf(operation, facts,
                declared.TryGetValue(operation, out IReadOnlyList<TrainingAction>? actions) ? actions : []))
            {
                if (!events.TryGetValue(found.Syntax, out List<TrainingEvent>? list))
                    events[found.Syntax] = list = [];
                list.Add(found);
            }
        }

        AddUpdates(facts, events);
        return events;
    }

    /// <summary>The effects of the body's operations on declared gradients.</summary>
    private Dictionary<IOperation, IReadOnlyList<TrainingAction>> DeclaredActionsIn(BodyFacts facts)
    {
        var actions = new Dictionary<IOperation, IReadOnlyList<TrainingAction>>();
        if (effects is null)
            return actions;
        var written = new List<(IOperation Operation, IReadOnlyList<BufferEffect> Effects)>();
        foreach (IOperation operation in facts.Root.DescendantsAndSelf())
        {
            BufferEffect[] found = [.. effects.Of(operation, facts)];
            if (found.Length > 0)
                written.Add((operation, found));
        }

        var updated = new HashSet<BufferRoot>(written.SelectMany(pair => pair.Effects).SelectMany(_declared.UpdatedBy));
        foreach ((IOperation operation, IReadOnlyList<BufferEffect> found) in written)
            actions.Add(operation, _declared.ActionsOf(found, updated));
        return actions;
    }

    /// <summary>Adds the effects of assignments that nothing else has classified.</summary>
    private void AddUpdates(BodyFacts facts, Dictionary<SyntaxNode, List<TrainingEvent>> events)
    {
        BufferFlow flow = BufferFlow.Of(facts, written);
        foreach (SyntaxNode limit in limited.In(facts, flow, types.IsKnownGradient))
        {
            if (!events.TryGetValue(limit, out List<TrainingEvent>? list))
                events[limit] = list = [];
            list.Add(new TrainingEvent(TrainingAction.GradientLimit, limit, Evidence.Name));
        }

        if (BodyUpdates.Of(facts, flow, types.IsKnownGradient) is not { } updates)
            return;
        SyntaxNode[] calls =
        [
            .. events.Values.SelectMany(list => list)
                .Where(found => IsBackwardOrStep(found.Action) || IsBackwardOrStep(found.Classification.Action))
                .Select(found => found.Syntax),
        ];
        foreach (TrainingEvent found in UpdateEvents.Of(updates, facts, calls))
        {
            if (!events.TryGetValue(found.Syntax, out List<TrainingEvent>? list))
                events[found.Syntax] = [found];
            else if (list.All(known => known is { IsCall: true, Classification.Action: TrainingAction.None }))
                list.Add(found);
        }
    }

    private static bool IsBackwardOrStep(TrainingAction action) => action is TrainingAction.Backward or TrainingAction.Step;

    private IEnumerable<TrainingEvent> EventsOf(IOperation operation, BodyFacts facts, IReadOnlyList<TrainingAction> declared)
    {
        switch (operation)
        {
            case IInvocationOperation invocation:
                return InvocationEvents(invocation, facts, declared);
            case IObjectCreationOperation creation:
                return _delegates.OfArguments(creation.Arguments, creation.Syntax, facts);
            case IUsingOperation statement:
                return _disposals.Of(statement.Resources, facts);
            case IUsingDeclarationOperation declaration:
                return _disposals.Of(declaration.DeclarationGroup, facts);
            case IInvalidOperation or IDynamicInvocationOperation:
                return UnboundEvents(operation);
            case IAssignmentOperation assignment:
                if (EventOf(_tensors.ActionOf(assignment, facts), assignment, facts) is { } torch)
                    return [torch];
                return DeclaredEvents(declared, assignment);
            default:
                return [];
        }
    }

    private IEnumerable<TrainingEvent> InvocationEvents(
        IInvocationOperation invocation, BodyFacts facts, IReadOnlyList<TrainingAction> declared)
    {
        IMethodSymbol method = invocation.TargetMethod;
        IOperation? receiver = Receiver(invocation);

        if (method.MethodKind == MethodKind.DelegateInvoke)
        {
            bool isKnown = false;
            foreach (TrainingEvent call in _delegates.Of(receiver, invocation.Syntax, facts))
            {
                isKnown = true;
                yield return call;
            }

            if (!isKnown && _hidden.MayBeIn(invocation, receiver, facts))
                yield return TrainingEvent.ClipOutOfSight(invocation.Syntax);
            yield break;
        }

        Classification classification = classifier.Classify(method);
        if (classification is { Action: TrainingAction.Clip, Evidence: Evidence.Name } && ProbabilityRange.Limits(invocation.Syntax))
            yield break;
        bool isStep = classification is { Action: TrainingAction.Step, Evidence: not Evidence.Name };
        if (isStep && IsLbfgs(invocation, receiver, facts))
            yield break;

        bool hasClosure = false;
        foreach (TrainingEvent call in _delegates.OfArguments(invocation.Arguments, invocation.Syntax, facts))
        {
            hasClosure = true;
            yield return call;
        }

        // Returned gradients are kept and stepped on if an assignment stores them.
        if (types.IsAutogradGrad(method) && _tensors.KeepsNewGradients(facts))
        {
            yield return new TrainingEvent(TrainingAction.Backward, invocation.Syntax, Evidence.Certain) { Method = method };
            yield break;
        }

        if (EventOf(_tensors.ActionOf(invocation, facts), invocation, facts) is { } use)
        {
            yield return use;
            yield break;
        }

        // A factor that is the same for all gradients of a run, or that averages over micro-batches, limits nothing.
        if (IsScaleOfModel(method) && invocation.Arguments.Length > 0
            && !GradientScale.MayClip(invocation.Arguments[0].Value, false, invocation.Syntax, facts))
        {
            yield break;
        }

        // The visible effect on declared gradients counts more than a name.
        if (classification.Evidence >= Evidence.Certain || classification.Action is TrainingAction.Clip or TrainingAction.Reset)
            declared = [];
        if (declared.Count > 0 && method.DeclaringSyntaxReferences.IsEmpty)
        {
            foreach (TrainingEvent happening in DeclaredEvents(declared, invocation))
                yield return happening with { Method = method };
            yield break;
        }

        if (declared.Count > 0)
        {
            foreach (TrainingEvent happening in DeclaredEvents(declared.Take(declared.Count - 1), invocation))
                yield return happening;
            classification = new Classification(declared[declared.Count - 1], Evidence.Certain);
        }

        // Arrays that are passed to a static method are no optimizer.
        bool isOverArrays = declared.Count > 0 && method.IsStatic;

        // Checked before the body is read: the body of a virtual method can be empty because other classes override it.
        if (classification.Action == TrainingAction.None && _hidden.MayBeInImplementationsOf(invocation, facts))
        {
            yield return TrainingEvent.ClipOutOfSight(invocation.Syntax);
            yield break;
        }

        if (CallOf(invocation, method, receiver, classification, facts) is { } inner)
        {
            yield return isOverArrays ? inner with { Target = Target.This, TargetType = null } : inner;
            yield break;
        }

        if (ClipCalls.IsClipAndStep(method) && Event(invocation, method, receiver, classification, facts) is { } step)
        {
            foreach (TrainingEvent part in PartsOf(step, invocation, receiver, facts))
                yield return part;
            yield break;
        }

        // An unknown closure may do anything, including a clip.
        if (isStep && !hasClosure && invocation.Arguments.Any(MayBeClosure))
            yield break;
        if (Event(invocation, method, receiver, classification, facts) is { } certain)
            yield return isOverArrays ? certain with { Target = Target.This, TargetType = null } : certain;
    }

    /// <summary>The actions of a call that clips and steps, in this order.</summary>
    private IEnumerable<TrainingEvent> PartsOf(TrainingEvent step, IInvocationOperation invocation, IOperation? receiver, BodyFacts facts)
    {
        yield return step with { Action = TrainingAction.Clip, Networks = NetworksOf(invocation, receiver, facts) };
        yield return step;
        if (invocation.Arguments.FirstOrDefault(
            argument => argument.Parameter?.Name == "zeroGradients")?.Value is { ConstantValue: not { HasValue: true, Value: false } })
        {
            yield return step with { Action = TrainingAction.Reset };
        }
    }

    /// <summary>The event of a classified call whose source is not read.</summary>
    private TrainingEvent? Event(
        IInvocationOperation invocation, IMethodSymbol method, IOperation? receiver, Classification classification, BodyFacts facts)
    {
        if (classification.Action == TrainingAction.None)
            return null;
        var found = new TrainingEvent(classification.Action, invocation.Syntax, classification.Evidence)
        {
            Method = method,
            Classification = classification,
            Target = TargetOf(invocation, receiver, facts),
            TargetType = receiver?.Type,
        };
        return found.Action switch
        {
            TrainingAction.Clip => found with { Networks = NetworksOf(invocation, receiver, facts), Part = PartOf(invocation, facts) },
            TrainingAction.Step => found with { Arguments = ArgumentsOf(invocation, facts) },
            TrainingAction.Backward when classification.Evidence != Evidence.Name =>
                found with { Networks = LossNetworks.Of(receiver ?? invocation.Arguments.FirstOrDefault()?.Value, types, facts) },
            _ => found,
        };
    }

    /// <summary>
    /// The event of a call that does not bind, in incomplete code. It is classified by name, so that warnings do not come and go with
    /// errors elsewhere.
    /// </summary>
    private static IEnumerable<TrainingEvent> UnboundEvents(IOperation operation)
    {
        if (operation.Syntax is not InvocationExpressionSyntax { Expression: var expression })
            return [];
        string? name = expression switch
        {
            MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
            MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText,
            SimpleNameSyntax simple => simple.Identifier.ValueText,
            _ => null,
        };
        if (name is null || ProbabilityRange.Limits(operation.Syntax))
            return [];
        // p.grad().clamp_(…) is for earlier versions of TorchSharp.
        if (TrainingVocabulary.IsClipName(name, null)
            || (TensorOperations.IsInPlaceScale(name) && expression is MemberAccessExpressionSyntax { Expression: var clipped }
                && MentionsGradient(clipped)))
        {
            return [new TrainingEvent(TrainingAction.Clip, operation.Syntax, Evidence.Name)];
        }

        return TrainingVocabulary.IsBackwardName(name) ? [new TrainingEvent(TrainingAction.Backward, operation.Syntax, Evidence.Name)] : [];
    }

    private static bool MentionsGradient(ExpressionSyntax expression) =>
        expression.DescendantTokens().Any(token => TrainingVocabulary.Contains(token.ValueText, "grad"));

    private TrainingEvent? CallOf(
        IInvocationOperation invocation, IMethodSymbol method, IOperation? receiver, Classification classification, BodyFacts facts)
    {
        IMethodSymbol definition = (method.ReducedFrom ?? method).OriginalDefinition;
        if (!called.IsWorthLookingInto(definition))
            return null;
        ImmutableArray<Target>? networks = classification.Action == TrainingAction.Clip ? NetworksOf(invocation, receiver, facts) : null;
        return TrainingEvent.Call(invocation.Syntax, classification.Evidence) with
        {
            Method = definition,
            Classification = classification,
            Target = TargetOf(invocation, receiver, facts),
            TargetType = receiver?.Type,
            Networks = networks,
            Arguments = TensorArgumentsOf(invocation, facts),
            Applied = classification.Action == TrainingAction.Step ? AppliedArguments.Of(invocation, facts) : TrainingEvent.NoGradients,
            Passed = IsBackwardOrStep(classification.Action)
                ? PassedBuffer.Of(invocation).ToImmutableArray()
                : ImmutableArray<PassedBuffer>.Empty,
            IsVirtual = !(receiver?.Syntax is BaseExpressionSyntax)
                && (method.IsVirtual || method.IsAbstract || method.IsOverride),
        };
    }

    /// <summary>The target of each parameter of the called method.</summary>
    public static ArgumentMap ArgumentsOf(IInvocationOperation invocation, BodyFacts facts) => ArgumentsOf(invocation, facts.TargetOf);

    /// <summary>
    /// The same, with gradients that are computed or collected in the call: <c>Limit(parameters.Select(p =&gt; p.grad))</c>.
    /// </summary>
    private ArgumentMap TensorArgumentsOf(IInvocationOperation invocation, BodyFacts facts) =>
        ArgumentsOf(invocation, value => tensors.GradientTargetOf(value, facts) ?? facts.TargetOf(value));

    private static ArgumentMap ArgumentsOf(IInvocationOperation invocation, Func<IOperation, Target?> targetOf)
    {
        var arguments = new List<KeyValuePair<ISymbol, Target?>>(invocation.Arguments.Length);
        foreach (IArgumentOperation argument in invocation.Arguments)
        {
            if (argument.Parameter is { } parameter)
                arguments.Add(new(parameter.OriginalDefinition, targetOf(argument.Value)));
        }

        return ArgumentMap.Of(arguments);
    }

    /// <summary>The networks that a clip covers; <see langword="null"/> if one of them is not known.</summary>
    private ImmutableArray<Target>? NetworksOf(IInvocationOperation invocation, IOperation? receiver, BodyFacts facts)
    {
        if (receiver is not null && types.IsNetwork(receiver.Type))
            return facts.TargetOf(receiver) is { } model ? ImmutableArray.Create(model) : null;
        var networks = ImmutableArray.CreateBuilder<Target>();
        bool any = false;
        bool areBuffers = ClipCalls.IsGradientsClip(invocation.TargetMethod);
        bool isOverProcesses = ClipCalls.IsOverProcesses(invocation.TargetMethod);
        foreach (IArgumentOperation argument in invocation.Arguments.Where(argument => argument.ArgumentKind != ArgumentKind.DefaultValue))
        {
            if (isOverProcesses && argument.Parameter?.Name != "model")
                continue;
            IOperation value = argument.Value.WithoutConversions();
            if (value.Type is null || value.Type.SpecialType != SpecialType.None || value.ConstantValue.HasValue)
                continue;
            if (ClipCalls.IsLossScaler(value.Type))
                continue;
            if (areBuffers && argument.Parameter?.Name is "nonFinite" or "scope" or "report")
                continue;
            any = true;
            if (types.IsNetwork(value.Type) || TrainingVocabulary.IsOptimizerLike(value.Type))
            {
                if (facts.TargetOf(value) is not { } network)
                    return null;
                networks.Add(network);
            }
            else if (areBuffers)
            {
                // A buffer stands for the object that leads to it. Without such an object, it may belong to any network.
                if (facts.TargetOf(value) is not { Path.Length: > 1, Root: { } owner })
                    return null;
                networks.Add(Target.Of(owner));
            }
            else if (sources.Read(value, facts) is { } read)
            {
                networks.AddRange(read);
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

    private static Target? TargetOf(IInvocationOperation invocation, IOperation? receiver, BodyFacts facts)
    {
        if (receiver is not null)
            return facts.TargetOf(receiver);
        return invocation.Arguments.Length > 0 && invocation.TargetMethod.IsStatic
            ? facts.TargetOf(invocation.Arguments[0].Value)
            : Target.This;
    }

    /// <summary>Whether the stepped optimizer is L-BFGS, by its variable, a cast or a condition around the call.</summary>
    private bool IsLbfgs(IInvocationOperation invocation, IOperation? receiver, BodyFacts facts) =>
        classifier.IsLbfgs(invocation.TargetMethod.ContainingType)
        || classifier.IsLbfgs((invocation.Instance.WithoutPlaceholder() ?? invocation.Instance)?.Type)
        || IsTestedForLbfgs(invocation, receiver, facts);

    /// <summary>Whether a call is in the branch of a condition that only an L-BFGS optimizer takes.</summary>
    private bool IsTestedForLbfgs(IInvocationOperation invocation, IOperation? receiver, BodyFacts facts)
    {
        if (facts.TargetOf(receiver) is not { } optimizer)
            return false;
        IOperation child = invocation;
        for (IOperation? around = invocation.Parent; around is not null; child = around, around = around.Parent)
        {
            if (around is IConditionalOperation conditional && child == conditional.WhenTrue
                && conditional.Condition.DescendantsAndSelf().Any(IsTest))
            {
                return true;
            }
        }

        return false;

        bool IsTest(IOperation part) => part switch
        {
            IIsTypeOperation test => classifier.IsLbfgs(test.TypeOperand) && optimizer.Equals(facts.TargetOf(test.ValueOperand)),
            IIsPatternOperation test => classifier.IsLbfgs(test.Pattern.NarrowedType) && optimizer.Equals(facts.TargetOf(test.Value)),
            _ => false,
        };
    }

    // Where processes step together, the optimizer is an argument.
    private static IOperation? Receiver(IInvocationOperation invocation)
    {
        if (ClipCalls.IsClipAndStepOverProcesses(invocation.TargetMethod))
            return invocation.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "optimizer")?.Value.WithoutConversions();
        IOperation? receiver = invocation.Instance;
        if (receiver is null && invocation.TargetMethod.IsExtensionMethod && invocation.Arguments.Length > 0)
            receiver = invocation.Arguments[0].Value;
        return (receiver.WithoutPlaceholder() ?? receiver)?.WithoutConversions();
    }

    private static string? PartOf(IInvocationOperation invocation, BodyFacts facts) =>
        invocation.Arguments.FirstOrDefault(argument => ParameterOwners.IsPart(argument.Value, facts))?.Value.Syntax.ToString();

    private bool IsScaleOfModel(IMethodSymbol method) => method.Name == "ScaleGradients" && types.IsAnnotated(method.ContainingType);

    private static bool MayBeClosure(IArgumentOperation argument) =>
        DelegateCalls.IsDelegate(argument.Parameter?.Type) && !DelegateCalls.IsNoFunction(argument.Value);

    /// <summary>The event of an operation on a tensor or its gradient.</summary>
    private TrainingEvent? EventOf(TensorUse use, IOperation operation, BodyFacts facts)
    {
        if (use.Action == TrainingAction.None || (use.Action == TrainingAction.Clip && IsUnscaling(operation)))
            return null;
        var found = new TrainingEvent(use.Action, operation.Syntax, Evidence.Certain);
        return use.Action switch
        {
            TrainingAction.Step => found with { Target = facts.TargetOf(use.Tensor.WithoutPlaceholder()), TargetType = use.Tensor?.Type },
            TrainingAction.TensorLimit => found with { Target = TensorValues.TargetOf(use.Tensor, facts) },
            TrainingAction.Clip => found with { Networks = NetworksOf(use.Tensor, facts) },
            _ => found,
        };
    }

    /// <summary>The events of operations on declared gradients.</summary>
    private static IEnumerable<TrainingEvent> DeclaredEvents(IEnumerable<TrainingAction> actions, IOperation operation) =>
        actions.Select(action =>
        new TrainingEvent(action, operation.Syntax, Evidence.Certain)
        {
            Target = action is TrainingAction.Reset or TrainingAction.Step ? Target.This : null,
        });

    /// <summary>The networks over whose parameters a loop or a lambda runs.</summary>
    private ImmutableArray<Target>? NetworksOf(IOperation? tensor, BodyFacts facts) => tensor switch
    {
        ILocalReferenceOperation local when facts.CollectionOf(local.Local) is { } collection => sources.Read(collection, facts),
        IParameterReferenceOperation parameter when LambdaCollection.Of(parameter) is { } source => sources.Read(source, facts),
        _ => null,
    };

    /// <summary>Whether gradients are divided by the loss scale of mixed precision, which is no clip.</summary>
    private static bool IsUnscaling(IOperation operation) =>
        operation.Syntax.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { } method
        && TrainingVocabulary.Contains(method.Identifier.ValueText, "unscale");
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Findings;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Suggestions;

/// <summary>Suggests, for messages and fixes, the call that clips the gradients of a step, and its place.</summary>
internal sealed class ClipSuggestions(KnownTypes types, GradientsCall gradients, HeldModels held)
{
    /// <summary>
    /// Property: the calls to insert, one per line, with <see cref="LimitPlaceholder"/> for the limit and
    /// <see cref="TargetNames.ReceiverPlaceholder"/> for the stepped object if the fix has to store it in a variable.
    /// </summary>
    public const string Call = "call";

    /// <summary>Property: present if the call belongs after the place, not before it.</summary>
    public const string IsAfter = "after";

    /// <summary>Properties: the place to move or insert a clip, if it is not right before the reported step.</summary>
    public const string StepStart = "step";

    public const string StepLength = "stepLength";

    /// <summary>Properties: the call whose result is discarded. The fix replaces it by its in-place form.</summary>
    public const string DroppedStart = "dropped";

    public const string DroppedLength = "droppedLength";

    /// <summary>Property: present if one call can replace the step and the clip before it.</summary>
    public const string InOne = "inOne";

    public const string LimitPlaceholder = "{limit}";

    private readonly ConcurrentDictionary<SyntaxNode, (SyntaxNode Syntax, Target? Network)[]> _named = new();

    public ImmutableDictionary<string, string?> ForInsert(StepSite site, out string advice)
    {
        bool isTorch = site.Step.TargetType.IsOrDerivesFrom(types.Optimizer);
        advice = isTorch || !types.HasClipGen ? "Clip the gradients between the backward pass and the step"
            : "Clip the gradients between the backward pass and the step, for example with Gradients.ClipNorm";
        if (site.Body.Facts.Root.SemanticModel is not { } model || model.SyntaxTree != site.Site.SyntaxTree)
            return ImmutableDictionary<string, string?>.Empty;
        if (ClipPlace.Of(site, model) is not { } place)
            return ImmutableDictionary<string, string?>.Empty;
        // The step can be in another file.
        StepReceiver? receiver = site.Step.Syntax == site.Site && !place.IsAfter ? StepReceiver.Of(site.Site, model) : null;
        if (!place.IsAfter && IsOfDeclaredModel(site, model))
        {
            advice = $"Call {site.OptimizerName}.ClipAndStep instead";
            return At(site.Site).Add(InOne, null);
        }

        (string Call, ClipPlace Place)? found = null;
        foreach (ClipPlace candidate in PlacesOf(site, place))
        {
            var names = new TargetNames(model, candidate.Node)
            {
                Receiver = receiver is { IsConditional: true } ? site.Step.Target : null,
                CollectionOf = item => GradientsCall.CollectionOf(site, item, candidate.Node),
            };
            if (CallFor(site, names, receiver) is { } call)
            {
                found = (call, candidate);
                break;
            }
        }

        if (found is null && !place.IsAfter && gradients.For(site, receiver) is { } buffers)
            found = (buffers.Call, new ClipPlace(buffers.Anchor, IsAfter: false));
        if (found is not { } suggested)
            return ImmutableDictionary<string, string?>.Empty;
        advice = AdviceOf(suggested.Call, suggested.Place, receiver);
        ImmutableDictionary<string, string?> properties = At(suggested.Place.Node).Add(Call, suggested.Call);
        return suggested.Place.IsAfter ? properties.Add(IsAfter, null) : properties;
    }

    public static ImmutableDictionary<string, string?> ForMove(StepSite site, TrainingEvent clip) =>
        site.Calls.CanBeOne(site, clip) ? At(site.Site).Add(InOne, null) : At(site.Site);

    public static ImmutableDictionary<string, string?> ForReplace(ImmutableDictionary<string, string?> properties, SyntaxNode dropped) =>
        properties
            .Add(DroppedStart, dropped.SpanStart.ToString(CultureInfo.InvariantCulture))
            .Add(DroppedLength, dropped.Span.Length.ToString(CultureInfo.InvariantCulture));

    /// <summary>Whether the step is a call that also exists with a clip, of a model that declares its limits.</summary>
    private bool IsOfDeclaredModel(StepSite site, SemanticModel model) =>
        site.Step.Syntax == site.Site
        && ClipAndStepCalls.SteppedModel(site.Step) is { } stepped
        && types.CanClipAndStep(model.GetTypeInfo(stepped).Type);

    private static ImmutableDictionary<string, string?> At(SyntaxNode node) =>
        ImmutableDictionary<string, string?>.Empty
            .Add(StepStart, node.SpanStart.ToString(CultureInfo.InvariantCulture))
            .Add(StepLength, node.Span.Length.ToString(CultureInfo.InvariantCulture));

    private static string AdviceOf(string call, ClipPlace place, StepReceiver? receiver)
    {
        string calls = call.Replace(LimitPlaceholder, "…").Replace("_ = ", "").Replace("\n", " and ");
        string start = "Call";
        if (receiver is not null && call.Contains(TargetNames.ReceiverPlaceholder))
        {
            if (!receiver.IsStable)
                start = $"Keep '{receiver.Text}' in a variable and call";
            calls = calls.Replace(TargetNames.ReceiverPlaceholder, receiver.IsStable ? receiver.Text : "variable");
        }

        return place.IsAfter ? $"{start} {calls} in the closure, after the backward pass" : $"{start} {calls} before the step";
    }

    /// <summary>
    /// The place, preceded by the loops around it that compute no gradients, from the outermost on: one call clips for all layers. A loop
    /// over optimizers stays around the clip of each.
    /// </summary>
    private IEnumerable<ClipPlace> PlacesOf(StepSite site, ClipPlace place)
    {
        if (!place.IsAfter && !site.Step.TargetType.IsOrDerivesFrom(types.Optimizer))
        {
            foreach (SyntaxNode loop in GradientsCall.LoopsOfStep(site, site.Site).Reverse())
                yield return new ClipPlace(loop, IsAfter: false);
        }

        yield return place;
    }

    private string? CallFor(StepSite site, TargetNames names, StepReceiver? receiver)
    {
        bool isTorch = site.Step.TargetType.IsOrDerivesFrom(types.Optimizer);
        if (CallOfDeclared(site, names, isTorch) is { } declared)
            return declared;
        if (site.Key.Networks is { Length: 1 } networks && networks[0] is var network)
        {
            if (network.Type.IsOrDerivesFrom(types.Module) && names.NameOf(network) is { } module)
                return TorchCall(module, isModule: true);
            if (types.IsAnnotated(network.Type) && !types.IsModel(network.Type) && names.SequenceOf(network) is { } source)
                return $"Gradients.ClipNorm({LimitPlaceholder}, {source})";
        }

        if (ParametersOf(site) is { } updated && names.NameOf(updated) is { } owner)
            return TorchCall(owner, isModule: updated.Type.IsOrDerivesFrom(types.Module));
        if (!isTorch)
            return null;
        string? optimizer = receiver is not null
            ? receiver is { IsStable: true, IsConditional: false } ? receiver.Text : TargetNames.ReceiverPlaceholder
            : names.NameOf(site.Key.Optimizer);
        return optimizer is null ? null : TorchCall(optimizer, isModule: false);
    }

    /// <summary>The calls of models that declare their limits, if everything that the step reads belongs to such models.</summary>
    private string? CallOfDeclared(StepSite site, TargetNames names, bool isTorch)
    {
        ImmutableArray<Target> networks = site.Key.Networks is { IsEmpty: false } known ? known
            : !isTorch ? ImmutableArray.Create(site.Key.Optimizer)
            : OnlyNetworkOf(site, areModels: false) is { } only ? ImmutableArray.Create(only)
            : ImmutableArray<Target>.Empty;
        string?[] calls = [.. networks.Select(network => CallOf(network) ?? (isTorch ? null : CallOfHolder(site, network, names, CallOf)))
            .Distinct()];
        if (calls.Length > 0 && !calls.Contains(null))
            return string.Join("\n", calls);
        // An optimizer that is known to step on declared gradients, which need not be told how.
        return !isTorch && site.Step.Evidence >= Evidence.Certain && OnlyNetworkOf(site, areModels: true) is { } model
            ? CallOf(model)
            : null;

        string? CallOf(Target network)
        {
            if (network.Path.IsEmpty)
            {
                return types.IsModel(TypeAround(site)) && names.NameOf(network) is not null
                    ? Dropped("ClipGradients()", TypeAround(site))
                    : null;
            }
            if (types.IsModel(network.Type) && names.NullableNameOf(network) is { } model)
            {
                string access = names.NameOf(network) is { } name ? name + "." : model + "?.";
                return Dropped(access + "ClipGradients()", network.Type);
            }

            return held.AreIn(network) && names.NameOf(network) is { } behindBase ? $"Gradients.Clip({behindBase})" : null;
        }
    }

    /// <summary>The call of the model that contains a layer: <c>net.ClipGradients()</c> for an item of <c>net.Layers</c>.</summary>
    private string? CallOfHolder(StepSite site, Target layer, TargetNames names, Func<Target, string?> callOf)
    {
        Target whole = layer;
        if (layer.Root is ILocalSymbol { IsForEach: true } item)
        {
            if (names.CollectionOf?.Invoke(item) is not { } collection)
                return null;
            whole = layer.Path.Skip(1).Aggregate(collection, (path, member) => path.Append(member));
        }

        for (int length = 1; length < whole.Path.Length; length++)
        {
            Target holder = whole.Path.Skip(1).Take(length - 1).Aggregate(Target.Of(whole.Path[0]), (path, member) => path.Append(member));
            if (types.IsModel(holder.Type))
                return callOf(holder);
        }

        bool isOwn = whole.Root is IFieldSymbol { IsStatic: false } or IPropertySymbol { IsStatic: false };
        return isOwn && types.IsModel(TypeAround(site)) ? callOf(Target.This) : null;
    }

    private static INamedTypeSymbol? TypeAround(StepSite site) =>
        site.Body.Facts.Root.SemanticModel?.GetEnclosingSymbol(site.Site.SpanStart)?.ContainingType;

    // A result that reports a NaN is discarded explicitly. Otherwise CLIP109 would be reported.
    private string Dropped(string call, ITypeSymbol? model) => ClipCalls.DeclaredPolicyOf(model, types) is null ? call : "_ = " + call;

    /// <summary>
    /// The one network that the function of the step names, or else a function around it, if the creation of the optimizer does not tell
    /// it.
    /// </summary>
    /// <param name="site">The step.</param>
    /// <param name="areModels">Whether only networks count that declare limits. Layers and tensors may declare gradients, too.</param>
    private Target? OnlyNetworkOf(StepSite site, bool areModels)
    {
        SyntaxNode root = site.Body.Facts.Root.Syntax;
        (SyntaxNode Syntax, Target? Network)[] named = _named.GetOrAdd(root, _ =>
            [.. site.Body.Facts.Root.DescendantsAndSelf().Select(NetworkOf).Where(found => found.Network is not null)]);
        if (named.Length > AnalysisLimits.NetworksOfBody)
            return null;
        foreach (SyntaxNode function in site.Body.Body.AncestorsAndSelf()
            .Where(node => node == site.Body.Body || node == root || Constructs.IsFunction(node)))
        {
            Target? only = null;
            foreach ((_, Target? network) in named.Where(found => SyntaxPlaces.Contains(function, found.Syntax)))
            {
                if (areModels && !types.IsModel(network!.Type) && !held.AreIn(network))
                    continue;
                if (only is null || network!.IsPrefixOf(only))
                    only = network;
                else if (!only.IsPrefixOf(network))
                    return null;
            }

            if (only is not null || function == root)
                return only;
        }

        return null;

        (SyntaxNode Syntax, Target? Network) NetworkOf(IOperation operation) =>
            InstanceOf(operation) is { } instance && !instance.Type.IsOrDerivesFrom(types.Optimizer)
            && (types.IsNetwork(instance.Type) || instance.Type is { TypeKind: TypeKind.Interface or TypeKind.TypeParameter })
            && site.Body.Facts.TargetOf(instance) is { Path.IsEmpty: false } target
            && (types.IsNetwork(target.Type) || held.AreIn(target))
                ? (operation.Syntax, target)
                : (operation.Syntax, null);

        IOperation? InstanceOf(IOperation operation) => operation switch
        {
            IInvocationOperation { Instance: { } instance } => instance,
            IPropertyReferenceOperation { Instance: { } instance } when types.IsModel(instance.Type) => instance,
            _ => null,
        };
    }

    /// <summary>
    /// The network or optimizer whose parameters a loop runs over that updates each: <c>foreach (var p in model.parameters())</c>.
    /// </summary>
    private Target? ParametersOf(StepSite site) =>
        site.Step.Target?.Root is ILocalSymbol { IsForEach: true } parameter && parameter.Type.IsOrDerivesFrom(types.Tensor)
        && site.Body.Facts.CollectionOf(
            parameter)?.WithoutConversions() is IInvocationOperation { TargetMethod.Name: "parameters", Instance: { } owner }
            ? site.Body.Facts.TargetOf(owner)
            : null;

    private string TorchCall(string name, bool isModule) =>
        types.TorchGradients is null ? $"torch.nn.utils.clip_grad_norm_({name}.parameters(), {LimitPlaceholder})"
        : isModule ? $"TorchGradients.ClipNorm({name}, {LimitPlaceholder})"
        : $"TorchGradients.ClipNorm({name}.parameters(), {LimitPlaceholder})";
}

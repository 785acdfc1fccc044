using System.Collections.Immutable;
using System.Globalization;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>Says, for messages and fixes, by which call the gradients of a step can be clipped where it is made.</summary>
internal sealed class ClipSuggestions(KnownTypes types, GradientsCall gradients)
{
    /// <summary>Property: the call to insert, with <see cref="LimitPlaceholder"/> in the place of the limit.</summary>
    public const string Call = "call";

    /// <summary>Properties: where a clip is moved to or inserted, if not right before the reported step.</summary>
    public const string StepStart = "step";

    public const string StepLength = "stepLength";

    /// <summary>Properties: the call whose result is dropped. It is replaced by its in-place form.</summary>
    public const string DroppedStart = "dropped";

    public const string DroppedLength = "droppedLength";

    public const string LimitPlaceholder = "{limit}";

    public ImmutableDictionary<string, string?> ForInsert(StepSite site, out string advice)
    {
        ImmutableDictionary<string, string?> properties = ImmutableDictionary<string, string?>.Empty;
        string? call = CallFor(site);
        if (call is null && gradients.For(site) is { } buffers)
        {
            call = buffers.Call;
            properties = At(buffers.Anchor);
        }

        bool isTorch = site.Step.TargetType.IsOrDerivesFrom(types.Optimizer);
        advice = call is not null ? $"Call {call.Replace(LimitPlaceholder, "…")} before the step"
            : isTorch || !types.HasClipGen ? "Clip the gradients between the backward pass and the step"
            : "Clip the gradients between the backward pass and the step, for example with Gradients.ClipNorm";
        return call is null ? properties : properties.Add(Call, call);
    }

    public static ImmutableDictionary<string, string?> ForMove(StepSite site) => At(site.Site);

    public static ImmutableDictionary<string, string?> ForReplace(ImmutableDictionary<string, string?> properties, SyntaxNode dropped) =>
        properties
            .Add(DroppedStart, dropped.SpanStart.ToString(CultureInfo.InvariantCulture))
            .Add(DroppedLength, dropped.Span.Length.ToString(CultureInfo.InvariantCulture));

    private static ImmutableDictionary<string, string?> At(SyntaxNode node) =>
        ImmutableDictionary<string, string?>.Empty
            .Add(StepStart, node.SpanStart.ToString(CultureInfo.InvariantCulture))
            .Add(StepLength, node.Span.Length.ToString(CultureInfo.InvariantCulture));

    private string? CallFor(StepSite site)
    {
        if (site.Key.Networks is { Length: 1 } networks && networks[0] is var network && NameAt(site, network) is { } name)
        {
            if (types.IsModel(network.Type))
                return $"{name}.ClipGradients()";
            if (network.Type.IsOrDerivesFrom(types.Module))
                return $"torch.nn.utils.clip_grad_norm_({name}.parameters(), {LimitPlaceholder})";
            if (types.IsAnnotated(network.Type))
                return $"Gradients.ClipNorm({LimitPlaceholder}, {name})";
        }

        if (!site.Step.TargetType.IsOrDerivesFrom(types.Optimizer))
            return null;
        string? optimizer = NameAt(site, site.Key.Optimizer) ?? ReceiverOf(site);
        return optimizer is null ? null : $"torch.nn.utils.clip_grad_norm_({optimizer}.parameters(), {LimitPlaceholder})";
    }

    /// <summary>The optimizer as it is written in the step itself, if that can be repeated.</summary>
    private static string? ReceiverOf(StepSite site) =>
        site.Site == site.Step.Syntax
        && site.Step.Syntax is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var receiver } }
        && receiver is IdentifierNameSyntax or MemberAccessExpressionSyntax or ElementAccessExpressionSyntax
            ? receiver.ToString()
            : null;

    /// <summary>The expression for a target where the step is made; <see langword="null"/> if it cannot be reached from there.</summary>
    private static string? NameAt(StepSite site, Target target)
    {
        if (site.Body.Facts.Root.SemanticModel is not { } model || model.SyntaxTree != site.Site.SyntaxTree)
            return null;
        int position = site.Site.SpanStart;
        ISymbol? enclosing = model.GetEnclosingSymbol(position);
        if (enclosing is null)
            return null;
        if (target.Path.IsEmpty)
            return enclosing.IsStatic ? null : "this";
        if (target.Path.Any(symbol => symbol is IMethodSymbol || IsCollection(Target.Of(symbol).Type)))
            return null;
        ISymbol root = target.Path[0];
        if (!IsInScope(root, model, position, enclosing))
            return null;
        if (root is ILocalSymbol local && !IsDeclaredBefore(local, position))
            return null;
        INamedTypeSymbol within = enclosing.ContainingType;
        return target.Path.Skip(1).All(symbol => model.Compilation.IsSymbolAccessibleWithin(symbol, within)) ? target.Text : null;
    }

    /// <summary>Whether the name of a variable or member means it at the position.</summary>
    /// <param name="root">The variable or member.</param>
    /// <param name="model">The semantic model of the file.</param>
    /// <param name="position">Where the name would be written.</param>
    /// <param name="enclosing">The method or function around the position.</param>
    public static bool IsInScope(ISymbol root, SemanticModel model, int position, ISymbol enclosing) =>
        // Nothing inside a method hides its parameters. For all else the compiler has to look, which takes long.
        (root is IParameterSymbol && SymbolEqualityComparer.Default.Equals(root.ContainingSymbol, enclosing))
        || model.LookupSymbols(position, name: root.Name)
            .Any(found => SymbolEqualityComparer.Default.Equals(found.OriginalDefinition, root.OriginalDefinition));

    public static bool IsDeclaredBefore(ILocalSymbol local, int position) =>
        local.DeclaringSyntaxReferences.FirstOrDefault() is { } declaration && declaration.Span.End < position;

    public static bool IsCollection(ITypeSymbol? type) =>
        type is IArrayTypeSymbol
        || (type is INamedTypeSymbol { IsGenericType: true } named
            && named.AllInterfaces.Any(implemented => implemented.Name == "IEnumerable")
            && !named.AllInterfaces.Any(implemented => implemented.Name == "IDisposable"));
}

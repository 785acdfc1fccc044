using ClipGen.Analyzers.Declarations.Undeclared;
using ClipGen.Analyzers.TrainingLoops.Buffers;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>
/// Classifies assignments and calls by their effect on members that ClipGen's attributes declare as gradients. Code that reads such a
/// member and writes its parameter is a step. Code that writes one from something else is a backward pass.
/// </summary>
internal sealed class DeclaredGradients(KnownTypes types)
{
    private static readonly string[] OtherThanParameters = ["delta", "error", "err", "input"];

    /// <summary>The actions of the effects of one operation, in order.</summary>
    /// <param name="effects">The writes of the operation.</param>
    /// <param name="updated">The parameters that the surrounding body updates by their gradients.</param>
    public IReadOnlyList<TrainingAction> ActionsOf(IReadOnlyList<BufferEffect> effects, ISet<BufferRoot> updated)
    {
        TrainingAction all = effects.Aggregate(TrainingAction.None, (union, effect) => union | ActionsOf(effect, updated));
        // A call that updates parameters and decays or clears their gradients is a step.
        if ((all & TrainingAction.Step) != 0)
            return (all & TrainingAction.Clip) != 0 ? [TrainingAction.Clip, TrainingAction.Step] : [TrainingAction.Step];
        if ((all & TrainingAction.Backward) != 0)
            return [TrainingAction.Backward];
        return all == TrainingAction.None ? [] : [(all & TrainingAction.Clip) != 0 ? TrainingAction.Clip : all];
    }

    /// <summary>The parameters that are updated by their gradients.</summary>
    public IEnumerable<BufferRoot> UpdatedBy(BufferEffect effect) => IsUpdate(effect) ? effect.Target.Roots : [];

    private TrainingAction ActionsOf(BufferEffect effect, ISet<BufferRoot> updated)
    {
        BufferRoot[] gradients = [.. effect.Target.Roots.Where(IsGradient)];
        if (gradients.Length == 0 && IsUpdate(effect))
            return effect.IsLimited ? TrainingAction.Clip | TrainingAction.Step : TrainingAction.Step;
        if (gradients.Length == 0)
            return TrainingAction.None;
        return effect.Kind switch
        {
            BufferEffectKind.Zero => TrainingAction.Reset,
            BufferEffectKind.Bound => TrainingAction.Clip,
            BufferEffectKind.Scale => TrainingAction.None,
            BufferEffectKind.Set when effect.IsLimited && effect.ReadsTarget => TrainingAction.Clip,
            _ => gradients.Any(gradient => IsDecay(effect, gradient, updated)) ? TrainingAction.None : TrainingAction.Backward,
        };
    }

    private bool IsUpdate(BufferEffect effect) =>
        effect.ReadsTarget
        && effect.Kind is BufferEffectKind.Add or BufferEffectKind.Set
        && effect.Sources.Roots.Where(IsGradient).ToArray() is { Length: > 0 } gradients
        && effect.Target.Roots.Any(root => MayBeParameter(root, gradients));

    /// <summary>Whether a member can hold parameters: a buffer, or a single number with a gradient that is a single number.</summary>
    private static bool MayBeParameter(BufferRoot root, BufferRoot[] gradients)
    {
        if (root.Symbol is not (IFieldSymbol or IPropertySymbol))
            return false;
        string name = root.Symbol.Name;
        if (GradientName.Parse(name) is { IsSpelledOut: true } || TrainingVocabulary.ContainsAny(name, OtherThanParameters))
            return false;
        ITypeSymbol? type = BufferTypes.TypeOf(root.Symbol);
        INamedTypeSymbol owner = root.Symbol.ContainingType;
        return BufferTypes.IsBuffer(type)
            || gradients.Any(gradient => SymbolEqualityComparer.Default.Equals(BufferTypes.TypeOf(gradient.Symbol), type)
                && (!BufferTypes.IsNumber(type) || SymbolEqualityComparer.Default.Equals(gradient.Symbol.ContainingType, owner)));
    }

    /// <summary>Whether the write only adds a multiple of its own parameter to a gradient, as weight decay does.</summary>
    private static bool IsDecay(BufferEffect effect, BufferRoot gradient, ISet<BufferRoot> updated) =>
        effect.IsMultiple
        && effect.Kind == BufferEffectKind.Add
        && effect.Sources.Roots.Count > 0
        && effect.Sources.Roots.All(source =>
            updated.Contains(source) || GradientName.Parse(gradient.Symbol.Name)?.Fit(source.Symbol.Name) > 0);

    private bool IsGradient(BufferRoot root) => root.Path.Length == 0 && types.IsDeclaredGradient(root.Symbol);
}

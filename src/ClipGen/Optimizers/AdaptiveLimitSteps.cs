using System.ComponentModel;

namespace ClipGen.Optimizers;

/// <summary>
/// The overload of <see cref="Optimizer.ClipAndStep{TModel}(TModel)"/> with an adaptive limit. Call it as
/// <c>optimizer.ClipAndStep(model, limit)</c>.
/// </summary>
/// <remarks>
/// It is inherited because C# prefers the methods of a derived class wherever those are applicable. So <c>ClipAndStep(model, null)</c> is
/// not ambiguous, in any version of the language.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class AdaptiveLimitSteps
{
    private protected AdaptiveLimitSteps()
    {
    }

    /// <summary>
    /// Clips with an adaptive limit instead of the one declared for all gradients, and applies the clipped gradients.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="limit">
    /// The limit. It contains its state, so use the same object for every step. Limits of groups and members still apply.
    /// </param>
    /// <exception cref="ArgumentException">The model declares no limit for all gradients. Nothing was changed.</exception>
    /// <inheritdoc cref="Optimizer.ClipAndStep{TModel}(TModel)"/>
    public ClipResult ClipAndStep<TModel>(TModel model, AdaptiveLimit limit)
        where TModel : IClippable
    {
        ArgumentNullException.ThrowIfNull(limit);
        return ClipAndStepFollowing(model, limit);
    }

    private protected abstract ClipResult ClipAndStepFollowing<TModel>(TModel model, AdaptiveLimit limit)
        where TModel : IClippable;
}

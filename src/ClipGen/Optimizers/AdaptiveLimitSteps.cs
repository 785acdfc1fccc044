using System.ComponentModel;

namespace ClipGen.Optimizers;

/// <summary>
/// The overload of <see cref="Optimizer.ClipAndStep{TModel}(TModel)"/> with a limit that follows the gradients. Call it as
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
    /// Clips with a limit that follows the gradients in the place of the one declared for all of them, and steps on the clipped gradients.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="limit">The limit. What it learns stays in it, so keep it from step to step. Groups and members keep theirs.</param>
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

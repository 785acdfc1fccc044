namespace ClipGen;

/// <summary>A model whose gradients can be clipped. The code generated for a clip attribute implements it.</summary>
public interface IClippable
{
    /// <summary>
    /// Clips the gradients as the clip attributes of the model declare. Call it between the backward pass and the optimizer step.
    /// </summary>
    /// <returns>The norm before clipping and what was done.</returns>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient with or without a limit held a NaN or an infinity, under <see cref="NonFinitePolicy.Throw"/>. No gradient was changed.
    /// </exception>
    ClipResult ClipGradients();
}

namespace ClipGen;

/// <summary>A model whose gradients can be clipped. Implemented by the code that a clip attribute generates.</summary>
public interface IClippable
{
    /// <summary>
    /// Clips the gradients as the clip attributes of the model say. Call it between the backward pass and the optimizer step.
    /// </summary>
    /// <returns>The norm before clipping and what was done.</returns>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient held a NaN or an infinity, with or without a limit of its own, under <see cref="NonFinitePolicy.Throw"/>. No gradient was
    /// changed.
    /// </exception>
    ClipResult ClipGradients();
}

namespace ClipGen;

/// <summary>What clipping does when a gradient holds a NaN or an infinity.</summary>
public enum NonFinitePolicy
{
    /// <summary>Throws <see cref="NonFiniteGradientException"/>, which names the gradient; every gradient stays as it was.</summary>
    Throw = 0,

    /// <summary>Sets all gradients to zero, so that the optimizer step that follows adds nothing, and says so in the result.</summary>
    Zero = 1,

    /// <summary>
    /// Leaves the gradients as they are and says so in the result. Clipping by value still clamps the elements that are not NaN.
    /// </summary>
    Leave = 2,

    /// <summary>
    /// Does what <c>torch.nn.utils.clip_grad_norm_</c> does: an infinite norm gives the factor 0, a NaN norm the factor NaN,
    /// and every gradient is multiplied by it.
    /// </summary>
    Propagate = 3,
}

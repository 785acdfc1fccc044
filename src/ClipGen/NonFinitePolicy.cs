namespace ClipGen;

/// <summary>What clipping does when a gradient holds a NaN or an infinity.</summary>
/// <remarks>
/// <para>
/// Every gradient of the model is checked, even one without a limit, because a step with a NaN or an infinity would make the parameters
/// useless. A gradient without a limit has the policy that all limits of the model share, or <see cref="Throw"/> if the limits differ. Only
/// <see cref="ClipIgnoreAttribute"/> excludes a gradient from the check.
/// </para>
/// <para>
/// Everything is checked before anything is changed. If several gradients are not finite, <see cref="Throw"/> takes precedence over
/// <see cref="Zero"/>, and <see cref="Zero"/> over the others.
/// </para>
/// <para>
/// Clipping by value replaces infinities by the limit, so only a NaN counts as not finite there, unless the limit itself is infinite.
/// </para>
/// </remarks>
public enum NonFinitePolicy
{
    /// <summary>Throws a <see cref="NonFiniteGradientException"/> that names the gradient. No gradient is changed.</summary>
    Throw = 0,

    /// <summary>
    /// Sets all gradients of the model to zero, so that the following optimizer step has no effect, and reports this in the result.
    /// </summary>
    Zero = 1,

    /// <summary>
    /// Leaves the gradients of the limit unchanged, and reports this in the result. Clipping by value still clamps the elements that are
    /// not NaN.
    /// </summary>
    Leave = 2,

    /// <summary>
    /// Does the same as <c>torch.nn.utils.clip_grad_norm_</c>: every gradient of the limit is multiplied by 0 if the norm is infinite, and
    /// by NaN if the norm is NaN. Gradients without a limit stay unchanged. The result reports it.
    /// </summary>
    Propagate = 3,
}

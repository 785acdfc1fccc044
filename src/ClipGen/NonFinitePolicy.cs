namespace ClipGen;

/// <summary>What clipping does when a gradient holds a NaN or an infinity.</summary>
/// <remarks>
/// <para>
/// Every gradient of the model is checked, also one that no limit covers, as where all limits are for groups or members: a step on it would ruin
/// the model as well. Its policy is the one that all limits of the model share; where they differ, it is <see cref="Throw"/>. Only
/// <see cref="ClipIgnoreAttribute"/> leaves a gradient out.
/// </para>
/// <para>
/// Everything is checked before anything is changed. Where several gradients are not finite, <see cref="Throw"/> goes before <see cref="Zero"/>, and that
/// before the others.
/// </para>
/// <para>
/// Clipping by value replaces an infinity by the limit, so that only a NaN is not finite there, unless the limit itself is infinite.
/// </para>
/// </remarks>
public enum NonFinitePolicy
{
    /// <summary>Throws <see cref="NonFiniteGradientException"/>, which names the gradient; every gradient stays as it was.</summary>
    Throw = 0,

    /// <summary>Sets all gradients of the model to zero, so that the optimizer step that follows adds nothing, and says so in the result.</summary>
    Zero = 1,

    /// <summary>
    /// Leaves the gradients of the limit as they are and says so in the result. Clipping by value still clamps the elements that are not NaN.
    /// </summary>
    Leave = 2,

    /// <summary>
    /// Does what <c>torch.nn.utils.clip_grad_norm_</c> does: an infinite norm gives the factor 0, a NaN norm the factor NaN,
    /// and every gradient of the limit is multiplied by it. Gradients without a limit stay as they are, and the result says so.
    /// </summary>
    Propagate = 3,
}

namespace ClipGen;

/// <summary>
/// One operation over the gradients of an <see cref="IGradientSource"/>. Names and keys cost nothing where the operation does not use them.
/// </summary>
public interface IGradientVisitor
{
    /// <summary>
    /// Receives one gradient buffer. Empty buffers are skipped, and so are buffers that were passed before (tied gradients).
    /// </summary>
    /// <typeparam name="T">
    /// <see cref="float"/>, <see cref="double"/> or <see cref="Half"/>. It has no constraint, so that generic models can call the method.
    /// </typeparam>
    /// <param name="name">The member's name; empty for the items of a collection of buffers, whose name is their position.</param>
    /// <param name="gradient">The gradient's elements.</param>
    /// <param name="parameter">The elements of the gradient's parameter, if declared.</param>
    /// <param name="group">The group that the gradient is declared in, if any.</param>
    /// <param name="options">The declared options of the parameter.</param>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is another type.</exception>
    void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null, in ParameterOptions options = default);

    /// <summary>Starts the gradients inside a member: a held source or a collection. <see cref="Leave"/> ends them.</summary>
    /// <param name="name">The member's name.</param>
    /// <param name="group">The group of everything inside, if the member declares one. The outermost declaration applies.</param>
    /// <param name="parameter">The name of the member that holds the parameters, if it is another member.</param>
    void Enter(string name, string? group = null, string? parameter = null);

    /// <summary>Starts one item of the current collection. <see cref="Leave"/> ends it.</summary>
    /// <typeparam name="TKey">An index or a dictionary's key.</typeparam>
    /// <param name="key">The item's position or key, written in brackets in its path.</param>
    void EnterItem<TKey>(TKey key);

    /// <summary>Ends what the last <see cref="Enter"/> or <see cref="EnterItem{TKey}"/> started.</summary>
    void Leave();

    /// <summary>
    /// Starts gradients that have the same elements in every process, while other gradients are held by only one process.
    /// <see cref="LeaveReplicated"/> ends them. A norm over processes counts them once.
    /// </summary>
    void EnterReplicated()
    {
    }

    /// <summary>Ends what the last <see cref="EnterReplicated"/> started.</summary>
    void LeaveReplicated()
    {
    }
}

namespace ClipGen;

/// <summary>
/// One operation over the gradients of an <see cref="IGradientSource"/>. Names and keys cost nothing where the operation does not use them.
/// </summary>
public interface IGradientVisitor
{
    /// <summary>
    /// Receives one gradient buffer. Empty ones are skipped, and so is a buffer that was handed over before (tied gradients).
    /// </summary>
    /// <typeparam name="T"><see cref="float"/>, <see cref="double"/> or <see cref="Half"/>; unconstrained, so that models generic over it
    /// can call.</typeparam>
    /// <param name="name">The member's name; empty for the items of a collection of buffers, whose name is their position.</param>
    /// <param name="gradient">The gradient's elements.</param>
    /// <param name="parameter">The elements of the parameter that the gradient is of, where declared.</param>
    /// <param name="group">The group that the gradient was declared in, if any.</param>
    /// <param name="options">What else is declared of the parameter.</param>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is another type.</exception>
    void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null, in ParameterOptions options = default);

    /// <summary>Begins the gradients inside a member: a held source or a collection. Ended by <see cref="Leave"/>.</summary>
    /// <param name="name">The member's name.</param>
    /// <param name="group">The group that everything inside belongs to, if the member declares one. The outermost declaration
    /// counts.</param>
    /// <param name="parameter">The name of the member that holds the parameters, where that is another one.</param>
    void Enter(string name, string? group = null, string? parameter = null);

    /// <summary>Begins one item of the collection that was entered last. Ended by <see cref="Leave"/>.</summary>
    /// <typeparam name="TKey">An index or a dictionary's key.</typeparam>
    /// <param name="key">The item's position, written in brackets in its path.</param>
    void EnterItem<TKey>(TKey key);

    /// <summary>Ends what the last <see cref="Enter"/> or <see cref="EnterItem{TKey}"/> began.</summary>
    void Leave();

    /// <summary>
    /// Begins gradients of which every process holds the same elements, beside others that only one holds. Ended by
    /// <see cref="LeaveReplicated"/>. A norm over processes counts them once.
    /// </summary>
    void EnterReplicated()
    {
    }

    /// <summary>Ends what the last <see cref="EnterReplicated"/> began.</summary>
    void LeaveReplicated()
    {
    }
}

namespace ClipGen.Optimizers.Stepping;

/// <summary>
/// A source that passes the parameters instead of the gradients, to find parameters that share memory, or to copy them.
/// </summary>
/// <param name="gradients">The source.</param>
/// <param name="isLeftOut">
/// Whether to leave out the parameter of a gradient, by the number of the gradient among those with elements.
/// </param>
internal readonly struct ParameterSource<TSource>(TSource gradients, Func<int, bool> isLeftOut) : IGradientSource
    where TSource : IGradientSource
{
    public void VisitGradients<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IGradientVisitor
    {
        var exchange = new Exchange<TVisitor>(visitor, isLeftOut);
        gradients.VisitGradients(ref exchange);
        visitor = exchange.Visitor;
    }

    private struct Exchange<TVisitor>(TVisitor visitor, Func<int, bool> isLeftOut) : IGradientVisitor
        where TVisitor : struct, IGradientVisitor
    {
        // Not readonly: visitors are mutable structs.
        public TVisitor Visitor = visitor;

        private readonly Func<int, bool> _isLeftOut = isLeftOut;
        private int _ordinal;

        public void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null,
            in ParameterOptions options = default)
        {
            bool isOut = gradient.IsEmpty || _isLeftOut(_ordinal++);
            Visitor.Visit(name, isOut ? default : parameter, group: group, options: options);
        }

        public void Enter(string name, string? group = null, string? parameter = null) => Visitor.Enter(name, group, parameter);

        public void EnterItem<TKey>(TKey key) => Visitor.EnterItem(key);

        public void Leave() => Visitor.Leave();

        public void EnterReplicated() => Visitor.EnterReplicated();

        public void LeaveReplicated() => Visitor.LeaveReplicated();
    }
}

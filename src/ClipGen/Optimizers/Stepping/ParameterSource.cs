using ClipGen.Numerics.Buffers;

namespace ClipGen.Optimizers.Stepping;

/// <summary>
/// A source that passes the parameters instead of the gradients, to find parameters that share memory. Parameters of tied gradients are
/// left out.
/// </summary>
/// <param name="gradients">The source.</param>
/// <param name="tied">Tells which gradients are tied; null if none is.</param>
internal readonly struct ParameterSource<TSource>(TSource gradients, BufferTable? tied) : IGradientSource
    where TSource : IGradientSource
{
    public void VisitGradients<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IGradientVisitor
    {
        var exchange = new Exchange<TVisitor>(visitor, tied);
        gradients.VisitGradients(ref exchange);
        visitor = exchange.Visitor;
    }

    private struct Exchange<TVisitor>(TVisitor visitor, BufferTable? tied) : IGradientVisitor
        where TVisitor : struct, IGradientVisitor
    {
        // Not readonly: visitors are mutable structs.
        public TVisitor Visitor = visitor;

        private readonly BufferTable? _tied = tied;
        private int _ordinal;

        public void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null,
            in ParameterOptions options = default)
        {
            bool isLeftOut = gradient.IsEmpty || (_tied is not null && _tied[_ordinal++].IsTied);
            Visitor.Visit(name, isLeftOut ? default : parameter, group: group, options: options);
        }

        public void Enter(string name, string? group = null, string? parameter = null) => Visitor.Enter(name, group, parameter);

        public void EnterItem<TKey>(TKey key) => Visitor.EnterItem(key);

        public void Leave() => Visitor.Leave();

        public void EnterReplicated() => Visitor.EnterReplicated();

        public void LeaveReplicated() => Visitor.LeaveReplicated();
    }
}

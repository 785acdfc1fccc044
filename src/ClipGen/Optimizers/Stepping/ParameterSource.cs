using ClipGen.Numerics.Buffers;

namespace ClipGen.Optimizers.Stepping;

/// <summary>
/// The parameters of a source in the place of its gradients, to find those that share memory. Parameters of tied gradients are left out.
/// </summary>
/// <param name="gradients">The source.</param>
/// <param name="tied">Tells which gradients are tied; null where none is.</param>
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
        // Not readonly: a visitor changes as it visits.
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

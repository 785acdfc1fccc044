namespace ClipGen.Exchange;

/// <summary>
/// The parameters of a source that one process steps, in the place of their gradients. The others are left out.
/// </summary>
/// <param name="gradients">The source.</param>
/// <param name="owners">The process of each parameter.</param>
/// <param name="rank">The process.</param>
internal readonly struct OwnedSource<TSource>(TSource gradients, ParameterOwners owners, int rank) : IGradientSource
    where TSource : IGradientSource
{
    public void VisitGradients<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IGradientVisitor
    {
        var filter = new Filter<TVisitor>(visitor, owners, rank);
        gradients.VisitGradients(ref filter);
        visitor = filter.Visitor;
    }

    private struct Filter<TVisitor>(TVisitor visitor, ParameterOwners owners, int rank) : IGradientVisitor
        where TVisitor : struct, IGradientVisitor
    {
        // Not readonly: a visitor changes as it visits.
        public TVisitor Visitor = visitor;

        private readonly ParameterOwners _owners = owners;
        private readonly int _rank = rank;
        private int _ordinal;

        public void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null,
            in ParameterOptions options = default)
        {
            bool isOwned = !gradient.IsEmpty && _owners[_ordinal++] == _rank;
            Visitor.Visit(name, isOwned ? parameter : default, group: group, options: options);
        }

        public void Enter(string name, string? group = null, string? parameter = null) => Visitor.Enter(name, group, parameter);

        public void EnterItem<TKey>(TKey key) => Visitor.EnterItem(key);

        public void Leave() => Visitor.Leave();

        public void EnterReplicated() => Visitor.EnterReplicated();

        public void LeaveReplicated() => Visitor.LeaveReplicated();
    }
}

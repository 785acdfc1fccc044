namespace ClipGen.Tests.Sources;

/// <summary>A gradient source with any content: buffers, members that hold layers, collections.</summary>
internal sealed class Layer : IGradientSource
{
    private readonly List<Item> _items = [];

    internal Layer Gradient(string name, Array? gradient, string? group = null)
    {
        _items.Add(new Item(name, group, gradient, null, null));
        return this;
    }

    internal Layer Member(string name, Layer held, string? group = null)
    {
        _items.Add(new Item(name, group, null, held, null));
        return this;
    }

    internal Layer Collection<TKey>(string name, IEnumerable<(TKey Key, Layer Layer)> held, string? group = null)
    {
        _items.Add(new Item(name, group, null, null, [.. held.Select(item => ((object)item.Key!, item.Layer))]));
        return this;
    }

    public void VisitGradients<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IGradientVisitor
    {
        foreach (Item item in _items)
        {
            if (item.Held is not null)
            {
                visitor.Enter(item.Name, item.Group);
                item.Held.VisitGradients(ref visitor);
                visitor.Leave();
            }
            else if (item.Collection is not null)
            {
                visitor.Enter(item.Name, item.Group);
                foreach ((object key, Layer layer) in item.Collection)
                {
                    visitor.EnterItem(key);
                    layer.VisitGradients(ref visitor);
                    visitor.Leave();
                }

                visitor.Leave();
            }
            else
            {
                ArraySource.Visit(ref visitor, item.Name, item.Gradient, item.Group);
            }
        }
    }

    private sealed record Item(string Name, string? Group, Array? Gradient, Layer? Held, (object Key, Layer Layer)[]? Collection);
}

using ClipGen.Torch.Gathering;

namespace ClipGen.Torch.Stepping;

/// <summary>Finds the ordinals of clipped gradients of a module by the address of their elements.</summary>
internal sealed class ClippedOrdinals
{
    private readonly List<nint> _addresses = [];
    private readonly Dictionary<nint, int> _ordinals = [];
    private int _next;

    /// <summary>Adds the gradients of a batch, which must all be plain memory.</summary>
    internal void Read(GradientBatch batch)
    {
        _addresses.Clear();
        _ordinals.Clear();
        _next = 0;
        foreach (ref readonly GradientRecord record in batch.Records)
        {
            if (record.Kind < GradientKind.Copied && record.Length > 0)
                _addresses.Add(record.Data);
        }
    }

    /// <summary>The ordinal of the gradient with elements at that address; −1 if it is not clipped.</summary>
    internal int Of(nint address)
    {
        // Most optimizers have the parameters of one module in the same order.
        if (_next < _addresses.Count && _addresses[_next] == address)
            return _next++;
        if (_ordinals.Count == 0)
        {
            for (int i = 0; i < _addresses.Count; i++)
                _ordinals.TryAdd(_addresses[i], i);
        }

        if (!_ordinals.TryGetValue(address, out int ordinal))
            return -1;
        _next = ordinal + 1;
        return ordinal;
    }
}

using static TorchSharp.torch;

namespace TorchCharLstm;

/// <summary>The state of an LSTM between two characters.</summary>
/// <param name="Hidden">layers × batch × units.</param>
/// <param name="Cell">layers × batch × units.</param>
public sealed record LstmState(Tensor Hidden, Tensor Cell)
{
    /// <summary>The same values, through which no gradient flows back, in the disposal scope around the current one.</summary>
    public LstmState Carry() => new(Hidden.detach().MoveToOuterDisposeScope(), Cell.detach().MoveToOuterDisposeScope());

    /// <summary>Disposes of both.</summary>
    public void Dispose()
    {
        Hidden.Dispose();
        Cell.Dispose();
    }
}

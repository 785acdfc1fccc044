using static TorchSharp.torch;

namespace TorchCharLstm;

/// <summary>What an LSTM carries from one character to the next.</summary>
/// <param name="Hidden">layers × batch × units.</param>
/// <param name="Cell">layers × batch × units.</param>
public sealed record LstmState(Tensor Hidden, Tensor Cell)
{
    /// <summary>The same values, through which no gradient flows back, in the disposal scope around the current one.</summary>
    public LstmState Carry() => new(Hidden.detach().MoveToOuterDisposeScope(), Cell.detach().MoveToOuterDisposeScope());

    /// <summary>Lets go of both.</summary>
    public void Dispose()
    {
        Hidden.Dispose();
        Cell.Dispose();
    }
}

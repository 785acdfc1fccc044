using ClipGen;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchCharLstm;

/// <summary>
/// Predicts the next character: an embedding, two LSTM layers, a linear layer. The attribute is sufficient for clipping: the generator
/// writes <c>ClipGradients()</c> for all registered parameters, and <c>ClipAndStep</c> uses the declared limit.
/// </summary>
[ClipGradNorm(Limit)]
public sealed partial class CharLstm : nn.Module<Tensor, LstmState, (Tensor Logits, LstmState State)>
{
    /// <summary>The limit for the gradient norm.</summary>
    public const double Limit = 0.1;

    private const int Layers = 2;
    private const int EmbeddingSize = 48;

#pragma warning disable IDE0044, IDE1006 // TorchSharp names parameters after fields: embedding.weight.
    private readonly Embedding embedding;
    private readonly LSTM lstm;
    private readonly Linear head;
#pragma warning restore IDE0044, IDE1006
    private readonly int _hidden;

    /// <summary>Creates a network with new weights.</summary>
    /// <param name="characters">The size of the vocabulary.</param>
    /// <param name="hidden">The number of units of each layer.</param>
    public CharLstm(int characters, int hidden)
        : base(nameof(CharLstm))
    {
        _hidden = hidden;
        embedding = nn.Embedding(characters, EmbeddingSize);
        lstm = nn.LSTM(EmbeddingSize, hidden, Layers, batchFirst: true);
        head = nn.Linear(hidden, characters);
        RegisterComponents();
    }

    /// <summary>The state at the beginning of a text.</summary>
    public LstmState Begin(int batch) => new(zeros(Layers, batch, _hidden), zeros(Layers, batch, _hidden));

    /// <inheritdoc/>
    public override (Tensor Logits, LstmState State) forward(Tensor input, LstmState state)
    {
        (Tensor output, Tensor hidden, Tensor cell) = lstm.call(embedding.call(input), (state.Hidden, state.Cell));
        return (head.call(output), new LstmState(hidden, cell));
    }
}

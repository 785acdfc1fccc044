using TorchSharp;
using static TorchSharp.torch;

namespace TorchCharLstm;

/// <summary>Writes text with a trained network, each character drawn from its predictions.</summary>
public static class TextSampler
{
    // Values below 1 make likely characters more likely.
    private const double Temperature = 0.6;

    /// <summary>Writes <paramref name="length"/> characters, which begin with a new line.</summary>
    public static string Sample(CharLstm model, int length)
    {
        using DisposeScope scope = NewDisposeScope();
        using var _ = no_grad();
        LstmState state = model.Begin(1);
        var written = new List<long>();
        Tensor input = tensor(Vocabulary.Encode("\n")).unsqueeze(0);
        for (int i = 0; i < length; i++)
        {
            (Tensor logits, state) = model.call(input, state);
            Tensor likelihoods = nn.functional.softmax(logits.select(1, -1) / Temperature, 1);
            input = multinomial(likelihoods, 1);
            written.Add(input.item<long>());
        }

        return Vocabulary.Decode(written);
    }
}

using TorchSharp;
using static TorchSharp.torch;

namespace TorchCharLstm;

/// <summary>Measures how well a network predicts the names of closing tags, which it can only know by memory.</summary>
public static class ClosingTags
{
    /// <summary>
    /// The share of letters in names of closing tags that the network predicts correctly, each from all characters before it.
    /// </summary>
    public static double PredictedBy(CharLstm model, string text)
    {
        using DisposeScope scope = NewDisposeScope();
        using var _ = no_grad();
        long[] characters = Vocabulary.Encode(text);
        (Tensor logits, LstmState _) = model.call(tensor(characters).unsqueeze(0), model.Begin(1));
        long[] predicted = logits.argmax(-1).view(-1).data<long>().ToArray();
        int[] closing = [.. NestedTags.FindClosingNames(text).Index().Where(each => each.Item).Select(each => each.Index)];
        return (double)closing.Count(index => predicted[index - 1] == characters[index]) / closing.Length;
    }
}

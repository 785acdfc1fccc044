using ClipGen;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchCharLstm;

/// <summary>The two training loops. They differ in one line.</summary>
public sealed class Trainer(CharLstm model, long[] text, double learningRate, Settings settings)
{
    private readonly TextReader _reader = new(text, settings.Batch, settings.Length);
    private LstmState? _state;

    /// <summary>Trains, and clips the gradients in the optimizer's step.</summary>
    public void TrainClipped(Action<TrainingStep> finished, CancellationToken cancellation)
    {
        using optim.Optimizer optimizer = optim.SGD(model.parameters(), learningRate);
        for (int step = 0; step < settings.Steps && !cancellation.IsCancellationRequested; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            optimizer.zero_grad();
            using Tensor loss = Predict();
            loss.backward();
            ClipResult clip = optimizer.ClipAndStep(model);
            finished(new TrainingStep(loss.item<float>(), clip.TotalNorm, clip.Clipped));
        }
    }

    /// <summary>
    /// Trains in the same way without clipping, for comparison; ClipGen warns about it (CLIP101). The norm is only read. A loss that is not
    /// finite ends the training, because no later step can recover from it.
    /// </summary>
    public void TrainUnclipped(Action<TrainingStep> finished, CancellationToken cancellation)
    {
        using optim.Optimizer optimizer = optim.SGD(model.parameters(), learningRate);
        for (int step = 0; step < settings.Steps && !cancellation.IsCancellationRequested; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            optimizer.zero_grad();
            using Tensor loss = Predict();
            loss.backward();
            double norm = model.GradientNorm();
            optimizer.step();
            finished(new TrainingStep(loss.item<float>(), norm, Clipped: false));
            if (!double.IsFinite(norm))
                return;
        }
    }

    // The state is passed on, the gradient is not: truncated backpropagation through time.
    private Tensor Predict()
    {
        (Tensor input, Tensor target) = _reader.Next(out bool startsOver);
        if (startsOver)
        {
            _state?.Dispose();
            _state = null;
        }

        (Tensor logits, LstmState state) = model.call(input, _state ?? model.Begin(settings.Batch));
        _state?.Dispose();
        _state = state.Carry();
        return nn.functional.cross_entropy(logits.view(-1, logits.shape[2]), target);
    }
}

namespace ClipGen.Analyzers.Tests.TrainingLoops.Fixes;

/// <summary>The fix of CLIP101 in hand-written networks without a model: the place of the inserted call of <c>Gradients</c>.</summary>
public sealed class InsertGradientsPlaceTests
{
    [Fact]
    public Task Before_a_helper_that_steps() => InsertedCall.VerifyAsync(
        """
        class Network
        {
            private readonly float[] w = new float[4], dw = new float[4], b = new float[4], db = new float[4];

            public void Backward(float[] x) { for (int i = 0; i < 4; i++) { dw[i] += x[i]; db[i] += x[i]; } }

            public void Train(float[] x)
            {
                Backward(x);
                if (x.Length > 0)
                {
                    ↓
                    {|CLIP101:Apply(0.1f)|};
                }
            }

            private void Apply(float rate)
            {
                UpdateWeights(rate);
                UpdateBiases(rate);
            }

            private void UpdateWeights(float rate) { for (int i = 0; i < 4; i++) w[i] -= rate * dw[i]; }

            private void UpdateBiases(float rate)
            {
                float[] gradient = db;
                for (int i = 0; i < 4; i++)
                    b[i] -= rate * gradient[i];
            }
        }
        """,
        "Gradients.ClipNorm(1.0, dw, db);");

    [Fact]
    public Task Null_conditional_step() => InsertedCall.VerifyFixAsync(
        """
        class Network
        {
            public float[] W = new float[4], DW = new float[4];
            public void Backward(float[] x) { for (int i = 0; i < 4; i++) DW[i] += x[i]; }
            public void UpdateWeights() { for (int i = 0; i < 4; i++) W[i] -= 0.1f * DW[i]; }
        }

        class Trainer
        {
            void Train(Network network, float[] x)
            {
                network?.Backward(x);
                {|CLIP101:network?.UpdateWeights()|};
            }
        }
        """,
        """
        class Network
        {
            public float[] W = new float[4], DW = new float[4];
            public void Backward(float[] x) { for (int i = 0; i < 4; i++) DW[i] += x[i]; }
            public void UpdateWeights() { for (int i = 0; i < 4; i++) W[i] -= 0.1f * DW[i]; }
        }

        class Trainer
        {
            void Train(Network network, float[] x)
            {
                network?.Backward(x);
                if (network is not null)
                {
                    Gradients.ClipNorm(1.0, network.DW);
                    network.UpdateWeights();
                }
            }
        }
        """);

    // The second method computes gradients and uses them immediately. A clip before its call would come too early.
    [Fact]
    public Task In_a_called_method_that_computes_and_applies() => InsertedCall.VerifyAsync(
        """
        class Network
        {
            private readonly float[] w = new float[4], dW = new float[4];
            public void Backward(float[] x) { for (int i = 0; i < 4; i++) dW[i] += x[i]; }

            public void UpdateWeights(float[] x)
            {
                for (int i = 0; i < 4; i++)
                    dW[i] += 0.5f * x[i];
                ↓
                for (int i = 0; i < 4; i++)
                    {|CLIP101:w[i] -= 0.1f * dW[i]|};
            }

            public void Train(float[] x)
            {
                Backward(x);
                {|CLIP101:UpdateWeights(x)|};
            }
        }
        """,
        "Gradients.ClipNorm(1.0, dW);");

    [Fact]
    public Task Weight_decay_in_the_step_computes_no_gradient() => InsertedCall.VerifyAsync(
        """
        class Network
        {
            private readonly float[] w = new float[4], dW = new float[4];
            public void Backward(float[] x) { for (int i = 0; i < 4; i++) dW[i] += x[i]; }

            public void UpdateWeights()
            {
                for (int i = 0; i < 4; i++)
                {
                    dW[i] /= 8;
                    dW[i] += 0.01f * w[i];
                    w[i] -= 0.1f * dW[i];
                    dW[i] = 0;
                }
            }

            public void Train(float[] x)
            {
                Backward(x);
                ↓
                {|CLIP101:UpdateWeights()|};
            }
        }
        """,
        "Gradients.ClipNorm(1.0, dW);");
}

namespace ClipGen.Analyzers.Tests.TrainingLoops;

/// <summary><c>ScaleGradients</c> is a clip only if the factor depends on a norm or a limit.</summary>
public sealed class ScaledModelTests
{
    private const string Net = """
        [ClipGradNorm(1.0)]
        partial class Scaled : nn.Module<Tensor, Tensor>
        {
            private readonly Linear fc = nn.Linear(4, 1);
            public Scaled() : base("Scaled") => RegisterComponents();
            public override Tensor forward(Tensor x) => fc.call(x);
            public void ScaleGradients(double factor) { }
        }

        """;

    [Theory]
    [InlineData("0.9", false)]
    [InlineData("1.0 / 4", false)]
    [InlineData("1.0 / accumulated", false)]
    [InlineData("1 / (double)batches.Count", false)]
    [InlineData("1 / lossScale", false)]
    [InlineData("limit / norm", true)]
    [InlineData("Math.Min(1, limit / (norm + 1e-6))", true)]
    [InlineData("coefficient", true)]
    public Task Factors(string factor, bool clips) => TorchTest.FileAsync(Net + $$"""
        static class P
        {
            static void Between(Scaled m, List<Tensor> batches, int accumulated, double lossScale, double limit, double norm)
            {
                double coefficient = limit / norm;
                using var opt = optim.AdamW(m.parameters(), 1e-3);
                foreach (var x in batches)
                {
                    opt.zero_grad();
                    m.call(x).mean().backward();
                    m.ScaleGradients({{factor}});
                    {{(clips ? "opt.step()" : "{|CLIP101:opt.step()|}")}};
                }
            }

            static void After(Scaled m, List<Tensor> batches, int accumulated, double lossScale, double limit, double norm)
            {
                double coefficient = limit / norm;
                using var opt = optim.AdamW(m.parameters(), 1e-3);
                foreach (var x in batches)
                {
                    opt.zero_grad();
                    m.call(x).mean().backward();
                    {{(clips ? "opt.step()" : "{|CLIP101:opt.step()|}")}};
                    {{(clips ? $"{{|CLIP102:m.ScaleGradients({factor})|}}" : $"m.ScaleGradients({factor})")}};
                }
            }

            static void EveryMicroBatch(Scaled m, List<Tensor> batches, int accumulated, double lossScale, double limit, double norm)
            {
                double coefficient = limit / norm;
                using var opt = optim.AdamW(m.parameters(), 1e-3);
                int k = 0;
                foreach (var x in batches)
                {
                    m.call(x).mean().backward();
                    {{(clips ? $"{{|CLIP105:m.ScaleGradients({factor})|}}" : $"m.ScaleGradients({factor})")}};
                    if (++k % 4 != 0)
                        continue;
                    Clip(m);
                    opt.step();
                    opt.zero_grad();
                }
            }

            static void Clip(nn.Module m) => nn.utils.clip_grad_norm_(m.parameters(), 1.0);
        }
        """);
}

namespace ClipGen.Package.Tests;

/// <summary>The fixes of training loops as <c>dotnet format</c> applies them in a project of a user.</summary>
public sealed class CommandLineFixTests(PackageFeed feed)
{
    private const string Model =
        """
        using ClipGen;

        namespace Consumer;

        [ClipGradNorm(1.0)]
        public sealed partial class Network
        {
            [Parameter(Gradient = nameof(_dW))] private readonly float[] _w = [1, 2];
            private readonly float[] _dW = [3, 4];

            public void Backward(float[] error)
            {
                for (int i = 0; i < _dW.Length; i++) _dW[i] += error[i];
            }

            public void Descend(float rate)
            {
                for (int i = 0; i < _w.Length; i++) _w[i] -= rate * _dW[i];
            }
        }

        """;

    private const string Loops =
        """
        namespace Consumer;

        public static class Training
        {
            public static void Forgets(Network network, float[][] errors)
            {
                foreach (float[] error in errors)
                {
                    network.ZeroGradients();
                    network.Backward(error);
                    network.Descend(0.1f);
                }
            }

            public static void ComesLate(Network network, float[][] errors)
            {
                foreach (float[] error in errors)
                {
                    network.ZeroGradients();
                    network.Backward(error);
                    network.Descend(0.1f);
                    // The norm stays below one.
                    network.ClipGradients();
                }
            }
        }

        """;

    private const string TorchLoops =
        """
        using TorchSharp;
        using static TorchSharp.torch;

        namespace Consumer;

        public sealed class TorchTraining(nn.Module<Tensor, Tensor> model)
        {
            public void Forgets(optim.Optimizer optimizer, IEnumerable<(Tensor X, Tensor Y)> batches)
            {
                foreach (var (x, y) in batches)
                {
                    optimizer.zero_grad();
                    nn.functional.mse_loss(model.call(x), y).backward();
                    optimizer.step();
                }
            }

            public void ComesEarly(IEnumerable<(Tensor X, Tensor Y)> batches)
            {
                var adam = optim.Adam(model.parameters(), 1e-3);
                foreach (var (x, y) in batches)
                {
                    adam.zero_grad();
                    nn.utils.clip_grad_norm_(model.parameters(), 0.5);
                    nn.functional.mse_loss(model.call(x), y).backward();
                    adam.step();
                }
            }

            public void OncePerEpoch(optim.Optimizer optimizer, IEnumerable<(Tensor X, Tensor Y)> batches)
            {
                for (int epoch = 0; epoch < 3; epoch++)
                {
                    foreach (var (x, y) in batches)
                    {
                        optimizer.zero_grad();
                        nn.functional.mse_loss(model.call(x), y).backward();
                        optimizer.step(null);
                    }

                    nn.utils.clip_grad_norm_(model.parameters(), max_norm: 0.5);
                }
            }
        }

        """;

    [Fact]
    public void Clips_are_put_before_the_step()
    {
        ConsumerProject project = feed.CreateProject()
            .WriteProject(items: $"<Reference Include=\"{PackageFeed.TorchSharp}\" />")
            .Write("Network.cs", Model)
            .Write("Training.cs", Loops)
            .Write("TorchTraining.cs", TorchLoops.ReplaceLineEndings("\r\n"));
        string found = project.Build().AssertSucceeded().Output;
        foreach (string id in new[] { "CLIP101", "CLIP102", "CLIP103" }) Assert.Contains($"warning {id}", found, StringComparison.Ordinal);

        // One run may use only one limit: the limit of the model, or the usual limit of the file.
        for (int run = 0; run < 2; run++)
        {
            project.Dotnet("format analyzers --no-restore --diagnostics CLIP101 CLIP102 CLIP103 CLIP111 --severity info").AssertSucceeded();
        }

        string loops = project.Read("Training.cs");
        Assert.Equal(
            Loops
                .Replace("""
                                network.Descend(0.1f);
                                // The norm stays below one.
                                network.ClipGradients();

                    """, """
                                    // The norm stays below one.
                                    network.ClipGradients();
                                    network.Descend(0.1f);

                        """, StringComparison.Ordinal)
                .Replace("""
                                network.Backward(error);
                                network.Descend(0.1f);

                    """, """
                                    network.Backward(error);
                                    network.ClipGradients();
                                    network.Descend(0.1f);

                        """, StringComparison.Ordinal),
            loops);
        Assert.Equal(
            TorchLoops
                .Replace("            optimizer.step();\n",
                    """
                                    torch.nn.utils.clip_grad_norm_(optimizer.parameters(), 0.5);
                                    optimizer.step();

                        """, StringComparison.Ordinal)
                .Replace("            nn.utils.clip_grad_norm_(model.parameters(), 0.5);\n", "", StringComparison.Ordinal)
                .Replace("\n            nn.utils.clip_grad_norm_(model.parameters(), max_norm: 0.5);\n", "", StringComparison.Ordinal)
                .Replace("                optimizer.step(null);\n", "                nn.utils.clip_grad_norm_(model.parameters(), "
                    + "max_norm: 0.5);\n                optimizer.step(null);\n", StringComparison.Ordinal)
                .Replace("            adam.step();\n",
                    "            nn.utils.clip_grad_norm_(model.parameters(), 0.5);\n            adam.step();\n", StringComparison.Ordinal)
                .ReplaceLineEndings("\r\n"),
            project.Read("TorchTraining.cs"));
        Assert.Contains("0 Warning(s)", project.Dotnet("build --no-incremental").AssertSucceeded().Output, StringComparison.Ordinal);
    }
}

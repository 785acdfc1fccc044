using System.Text;

namespace ClipGen.Benchmarks.Compiler;

/// <summary>The files of a large program, a few of which train networks, like an application around a model.</summary>
internal static class AnalyzerSources
{
    private const int Methods = 2;

    /// <summary>Of this many files, one has a training loop, alternately with TorchSharp and hand-written.</summary>
    private const int TrainingEvery = 50;

    /// <summary>The n-th file.</summary>
    public static string File(int number, bool withTorchSharp) => (number % TrainingEvery, number / TrainingEvery % 2) switch
    {
        (0, 0) when withTorchSharp => Header + TorchLoop(number) + Service($"TorchService{number}"),
        (0, _) => Header + HandWrittenLoop(number) + Service($"TrainingService{number}"),
        _ => Header + Service($"Service{number}"),
    };

    private const string Header = """
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading.Tasks;

        namespace Demo;


        """;

    private static string TorchLoop(int number) =>
        $$"""
        public sealed class TorchTrainer{{number}}
        {
            public void Train(TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor> model,
                List<(TorchSharp.torch.Tensor X, TorchSharp.torch.Tensor Y)> batches)
            {
                var optimizer = TorchSharp.torch.optim.Adam(model.parameters(), 1e-3);
                foreach (var (x, y) in batches)
                {
                    optimizer.zero_grad();
                    using var loss = TorchSharp.torch.nn.functional.mse_loss(model.call(x), y);
                    loss.backward();
                    TorchSharp.torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                    optimizer.step();
                }
            }
        }


        """;

    private static string HandWrittenLoop(int number) =>
        $$"""
        {{HandWrittenLayer.Declare($"public sealed class Layer{number}")}}
        public sealed class Trainer{{number}}
        {
            private readonly List<Layer{{number}}> _layers = [new()];

            public void Train(IEnumerable<float[]> errors)
            {
                foreach (float[] error in errors)
                {
                    foreach (Layer{{number}} layer in _layers) layer.Backward(error);
                    foreach (Layer{{number}} layer in _layers) layer.ClipGradients(1);
                    foreach (Layer{{number}} layer in _layers) layer.UpdateWeights(0.01f);
                }
            }
        }


        """;

    /// <summary>A class of business code. It also steps, updates, clips and optimizes, but no gradients.</summary>
    private static string Service(string name)
    {
        var text = new StringBuilder($"public sealed class {name}\n{{\n    private readonly Dictionary<string, List<int>> _entries = "
            + "new();\n    private double _progress;\n\n");
        for (int method = 0; method < Methods; method++)
        {
            text.Append(
                $$"""
                    public async Task<int> Step{{method}}(string key, IReadOnlyList<int> values, double limit)
                    {
                        if (!_entries.TryGetValue(key, out List<int>? known))
                        {
                            known = new List<int>();
                            _entries[key] = known;
                        }

                        int total = 0;
                        for (int i = 0; i < values.Count; i++)
                        {
                            int value = values[i] * {{method + 2}};
                            if (value % 3 == 0) continue;
                            known.Add(value);
                            total += value > limit ? (int)limit : value;
                        }

                        var groups = known.Where(value => value > total / 2).GroupBy(value => value % 7)
                    .Select(group => new { group.Key, Sum = group.Sum() }).ToList();
                        foreach (var group in groups.OrderByDescending(group => group.Sum))
                        {
                            _progress = Math.Clamp(_progress + group.Sum / (1.0 + group.Key), 0, limit);
                            Update{{method}}($"{key}:{group.Key}", group.Sum);
                        }

                        await Task.Yield();
                        return groups.Count > 0 ? groups[0].Sum : total;
                    }

                    private void Update{{method}}(string key, int sum) => _entries[key] = [sum, (int)_progress];


                """);
        }

        return text.Append("}\n").ToString();
    }
}

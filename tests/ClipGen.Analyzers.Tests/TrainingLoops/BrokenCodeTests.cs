using System.Collections.Immutable;
using ClipGen.Analyzers.Tests.Broken;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Analyzers.Tests.TrainingLoops;

/// <summary>Analyzers run while code is typed. They must not throw on a broken program.</summary>
public sealed class BrokenCodeTests
{
    private const int MutantsPerSeed = 250;
    private const int MutantsPerCompilation = 50;

    private static readonly string[] Sources =
    [
        """
        sealed class Net# : nn.Module<Tensor, Tensor>
        {
            public readonly Linear head = nn.Linear(8, 1);
            public Net#() : base("net") { }
            public override Tensor forward(Tensor input) => head.forward(input);
        }

        sealed class Trainer#
        {
            private readonly Net# _model = new();
            private readonly optim.Optimizer _optimizer;
            private int _count;

            public Trainer#() => _optimizer = optim.Adam(_model.parameters(), 1e-3);

            public async Task TrainAsync(List<(Tensor x, Tensor y)> batches, float? clip, CancellationToken stop)
            {
                for (int epoch = 0; epoch < 10; epoch++)
                {
                    foreach (var (x, y) in batches)
                    {
                        using var scope = torch.NewDisposeScope();
                        try
                        {
                            _optimizer.zero_grad();
                            var loss = functional.mse_loss(_model.forward(x), y);
                            loss?.backward();
                            if (clip is { } limit && limit > 0)
                                nn.utils.clip_grad_norm_(_model.parameters().Where(p => p.requires_grad).ToArray(), max_norm: limit);
                            if (++_count % 4 != 0)
                                continue;
                            _optimizer.step();
                        }
                        catch (InvalidOperationException) when (_count > 3)
                        {
                            break;
                        }
                        finally
                        {
                            await Task.Yield();
                        }
                    }

                    switch (epoch)
                    {
                        case 3: Apply(); break;
                        case > 5: Run(() => { _model.forward(batches[0].x).backward(); Apply(); }); break;
                        default: stop.ThrowIfCancellationRequested(); break;
                    }
                }

                void Run(Action body) => body();
            }

            private void Apply()
            {
                foreach (var p in _model.parameters())
                {
                    var grad = p.grad;
                    if (grad is null) continue;
                    grad.clamp(-1, 1);
                    p.sub_(grad.mul(0.1));
                    p.grad = null;
                }

                _optimizer.step(() => { var loss = _model.forward(torch.randn(1)); loss.backward(); return loss; });
            }
        }
        """,
        """
        [ClipGradNorm(1e-7, NonFinite = NonFinitePolicy.Leave)]
        partial class Model# : IClippable
        {
            [Parameter(Gradient = nameof(_dW))] private readonly float[] _w = new float[8];
            private readonly float[] _dW = new float[8];
            [Gradient] private readonly float[,] _dB = new float[2, 2];
            public ClipResult ClipGradients() => default;
            public ClipResult ClipGradients(double limit) => default;
            public void ZeroGradients() => Array.Clear(_dW);
            public void Backward(ReadOnlySpan<float> error) { for (int i = 0; i < _dW.Length; i++) _dW[i] += error[i]; _dB[0, 1] = 0; }
            public virtual void Descend(float rate) { for (int i = 0; i < _w.Length; i++) _w[i] -= rate * _dW[i]; }
        }

        abstract class Loop#
        {
            [BackwardPass] protected abstract void Differentiate(Model# model);
            [OptimizerStep] protected virtual void Step(Model# model) => model.Descend(0.1f);
            protected IEnumerable<double> Train(Model#[] models, double limit)
            {
                foreach (var model in models)
                {
                    Differentiate(model);
                    model.ClipGradients(double.PositiveInfinity);
                    model.ClipGradients();
                    yield return model.ClipGradients(limit).TotalNorm;
                    Step(model);
                    lock (model) { model.ZeroGradients(); }
                }
            }
        }

        sealed class Concrete# : Loop#
        {
            protected override void Differentiate(Model# model) { model.Backward([1, 2, 3]); Step(model); }
            protected override void Step(Model# model) { Differentiate(model); base.Step(model); }
        }
        """,
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task No_analyzer_throws(int seed)
    {
        var random = new Random(seed);
        for (int first = 0; first < MutantsPerSeed; first += MutantsPerCompilation)
        {
            List<(string, string)> files = [];
            for (int i = 0; i < MutantsPerCompilation; i++)
            {
                string source = Sources[random.Next(Sources.Length)].Replace("#", $"{first + i}");
                files.Add(($"File{i}.cs", Header + ProgramBreaker.Break(source, random)));
            }

            CSharpCompilation compilation =
                AnalyzerHarness.Compile(files, [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen, AnalyzerHarness.TorchSharp]);
            ImmutableArray<Diagnostic> found = await AnalyzerHarness.AnalyzeAsync(compilation, BrokenCompilation.Analyzers);
            Assert.DoesNotContain(found, diagnostic => diagnostic.Id.StartsWith("AD", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_unbroken_sources_compile_and_have_diagnostics()
    {
        CSharpCompilation compilation = AnalyzerHarness.Compile(
            Sources.Select((source, index) => ($"File{index}.cs", Header + source.Replace("#", $"{index}"))),
            [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen, AnalyzerHarness.TorchSharp]);
        AnalyzerHarness.AssertCompiles(compilation);
        Assert.NotEmpty(await AnalyzerHarness.AnalyzeAsync(compilation, BrokenCompilation.Analyzers));
    }

    private const string Header = """
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;
        using ClipGen;

        """;
}

using ClipGen.Analyzers.TrainingLoops;

namespace ClipGen.Analyzers.Tests.TrainingLoops;

/// <summary>
/// A program that compiles the source of TorchSharp. The symbols identify its methods, and the bodies of these methods are not analyzed.
/// </summary>
public sealed class LibraryInSourceTests
{
    private const string Optimizer = """

        namespace TorchSharp.Modules
        {
            public class RMSProp(IEnumerable<Parameter> ps) : torch.optim.Optimizer
            {
                public override torch.Tensor? step(Func<torch.Tensor>? closure = null)
                {
                    torch.Tensor? loss = closure?.Invoke();
                    foreach (var param in ps)
                    {
                        var grad = param.grad!;
                        param.sub_(grad * 0.1);
                    }

                    return loss;
                }
            }

            public static class Extensions
            {
                public static torch.Tensor ClipWeights(this torch.Tensor tensor) => tensor.clamp_(-1, 1);
            }
        }

        """;

    [Fact]
    public Task Loops_are_judged_as_with_the_package() => AnalyzerHarness.VerifyAsync(
        """
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;

        namespace App
        {
            static class Trainer
            {
                static void Unclipped(nn.Module<Tensor, Tensor> m, IEnumerable<Tensor> batches)
                {
                    var o = new RMSProp(m.parameters());
                    foreach (var x in batches)
                    {
                        o.zero_grad();
                        m.call(x).mean().backward();
                        {|CLIP101:o.step()|};
                    }
                }

                static void Clipped(nn.Module<Tensor, Tensor> m, IEnumerable<Tensor> batches)
                {
                    var o = new RMSProp(m.parameters());
                    foreach (var x in batches)
                    {
                        o.zero_grad();
                        m.call(x).mean().backward();
                        nn.utils.clip_grad_norm_(m.parameters(), 1.0);
                        o.step();
                    }
                }

                static void ClippedByHand(nn.Module<Tensor, Tensor> m, optim.Optimizer o, Tensor x)
                {
                    o.zero_grad();
                    m.call(x).mean().backward();
                    Bound(m);
                    o.step();
                }

                static void Bound(nn.Module m)
                {
                    foreach (var p in m.parameters())
                        p.grad!.clamp_(-1, 1);
                }

                static void After(nn.Module<Tensor, Tensor> m, optim.Optimizer o, Tensor x)
                {
                    o.zero_grad();
                    m.call(x).mean().backward();
                    o.step();
                    {|CLIP102:nn.utils.clip_grad_norm_(m.parameters(), 1.0)|};
                }

                static void Reset(nn.Module<Tensor, Tensor> m, optim.Optimizer o, Tensor x)
                {
                    m.call(x).mean().backward();
                    {|CLIP104:o.zero_grad()|};
                    o.step();
                }

                static void ByName(nn.Module<Tensor, Tensor> m, optim.Optimizer o, Tensor x, dynamic clipper)
                {
                    o.zero_grad();
                    m.call(x).mean().backward();
                    clipper.ClipGradients(m);
                    o.step();
                }
            }
        }
        """ + Optimizer + TorchSharpStub.Source.Replace("using System;", "", StringComparison.Ordinal)
            .Replace("using System.Collections.Generic;", "", StringComparison.Ordinal),
        [new TrainingLoopAnalyzer()],
        references: AnalyzerHarness.Framework);
}

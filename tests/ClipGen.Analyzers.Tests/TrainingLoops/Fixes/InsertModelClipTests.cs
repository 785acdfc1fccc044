using ClipGen.Analyzers.TrainingLoops;
using ClipGen.CodeFixes.TrainingLoops;

namespace ClipGen.Analyzers.Tests.TrainingLoops.Fixes;

/// <summary>
/// The fix of CLIP101 for an optimizer that steps a hand-written model with limits. The model of the loop clips, although the step does not
/// name the model.
/// </summary>
public sealed class InsertModelClipTests
{
    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using ClipGen;


        """;

    // The second declaration replaces the generated one.
    private const string Net = """

        [ClipGradNorm(1.0)]
        public partial class Net : INetwork
        {
            [Parameter(Gradient = nameof(_dW))] private readonly float[] _w = new float[4];
            private readonly float[] _dW = new float[4];
            public IEnumerable<(float[] W, float[] G)> Pairs => [(_w, _dW)];
            [BackwardPass] public void Backward(float[] x) { for (int i = 0; i < 4; i++) _dW[i] += x[i]; }
        }

        partial class Net : IClippable, IGradientSource
        {
            public ClipResult ClipGradients() => default;
            public void VisitGradients<TVisitor>(ref TVisitor visitor) where TVisitor : struct, IGradientVisitor { }
        }

        public interface INetwork
        {
            IEnumerable<(float[] W, float[] G)> Pairs { get; }
            void Backward(float[] x);
        }

        public sealed class Sgd(float rate)
        {
            [OptimizerStep]
            public void Step(INetwork net) => StepAll(net.Pairs);

            public void StepAll(IEnumerable<(float[] W, float[] G)> pairs)
            {
                foreach (var (w, g) in pairs)
                {
                    for (int i = 0; i < w.Length; i++)
                        w[i] -= rate * g[i];
                }
            }
        }
        """;

    [Theory]
    [InlineData("Net net", "sgd.Step(net)", "net.ClipGradients();")]
    [InlineData("Net net", "sgd.StepAll(net.Pairs)", "net.ClipGradients();")]
    public Task Model_in_the_loop(string parameter, string step, string call) => VerifyAsync($$"""
        public static class Trainer
        {
            public static void Run({{parameter}}, List<float[]> examples)
            {
                var sgd = new Sgd(0.1f);
                foreach (float[] x in examples)
                {
                    net.Backward(x);
                    ↓
                    {|CLIP101:{{step}}|};
                }
            }
        }
        """, call);

    [Fact]
    public Task Model_behind_a_type_parameter() => VerifyAsync(
        """
        public static class Program
        {
            public static void Main() => new Trainer<Net>(new Net(), new Sgd(0.1f)).Run([]);
        }

        public sealed class Trainer<TNet>(TNet net, Sgd sgd) where TNet : INetwork
        {
            public void Run(List<float[]> examples)
            {
                foreach (float[] x in examples)
                {
                    net.Backward(x);
                    ↓
                    {|CLIP101:sgd.Step(net)|};
                }
            }
        }
        """,
        "Gradients.Clip(net);");

    [Fact]
    public Task Of_two_models_none_is_chosen() => FixTest<TrainingLoopAnalyzer, InsertClipCodeFix>.VerifyNoFixAsync(Usings + """
        public static class Trainer
        {
            public static void Run(Net net, Net other, List<float[]> examples)
            {
                var sgd = new Sgd(0.1f);
                foreach (float[] x in examples)
                {
                    net.Backward(x);
                    other.Backward(x);
                    {|CLIP101:sgd.StepAll(net.Pairs.Concat(other.Pairs))|};
                }
            }
        }
        """ + Net);

    private static Task VerifyAsync(string source, string call) => InsertedCall.VerifyAsync(Usings, source + Net, call);
}

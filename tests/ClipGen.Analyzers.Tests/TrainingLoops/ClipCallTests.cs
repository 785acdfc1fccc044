using ClipGen.Analyzers.TrainingLoops;
using FixTest = ClipGen.Analyzers.Tests.FixTest<
    ClipGen.Analyzers.TrainingLoops.ClipCallAnalyzer, ClipGen.CodeFixes.TrainingLoops.ReadNormCodeFix>;

namespace ClipGen.Analyzers.Tests.TrainingLoops;

/// <summary>CLIP108, CLIP109 and CLIP110, which single calls show.</summary>
public sealed class ClipCallTests
{
    private const string Models = """
        using System;
        using System.Collections.Generic;
        using ClipGen;

        [ClipGradNorm(1.0)]
        partial class Throwing { [Gradient] private readonly float[] _d = new float[4]; }

        [ClipGradNorm(1.0, NonFinite = NonFinitePolicy.Zero)]
        partial class Zeroing { [Gradient] private readonly float[] _d = new float[4]; }

        // What the generator writes.
        partial class Throwing : IClippable
        {
            public ClipResult ClipGradients() => default;
            public ClipResult ClipGradients(double limit) => default;
            public ClipResult ClipGradients(ClipReport report) => default;
            public ClipResult ClipGradients(double limit, ClipReport report) => default;
            public double GradientNorm() => 0;
        }

        partial class Zeroing : IClippable
        {
            public ClipResult ClipGradients() => default;
            public ClipResult ClipGradients(double limit) => default;
            public ClipResult ClipGradients(ClipReport report) => default;
            public ClipResult ClipGradients(double limit, ClipReport report) => default;
            public double GradientNorm() => 0;
        }


        """;

    private static Task CallsAsync(string source) => AnalyzerHarness.VerifyAsync(Models + source, [new ClipCallAnalyzer()]);

    private static Task UsesAsync(string source) => AnalyzerHarness.VerifyAsync(Models + source, [new UnusedModelAnalyzer()]);

    [Fact]
    public Task Ignored_result() => CallsAsync("""
        class Trainer
        {
            void Ignored(Zeroing model) => {|CLIP109:model.ClipGradients()|};

            void IgnoredInBlock(Zeroing model)
            {
                {|CLIP109:model.ClipGradients()|};
            }

            bool Used(Zeroing model) => model.ClipGradients().IsFinite;

            void Kept(Zeroing model)
            {
                var result = model.ClipGradients();
                if (!result.IsFinite)
                    Console.WriteLine(result.NonFiniteGradient);
            }

            void Throws(Throwing model) => model.ClipGradients();

            void Reported(Zeroing model, ClipReport report) => model.ClipGradients(report);
        }
        """);

    [Fact]
    public Task Ignored_result_of_Gradients() => CallsAsync("""
        class Trainer
        {
            void Buffers(float[] dW, double[,] dB)
            {
                {|CLIP109:Gradients.ClipNorm(1.0, dW, dB, nonFinite: NonFinitePolicy.Zero)|};
                {|CLIP109:Gradients.ClipValue(1.0, dW.AsSpan(), nonFinite: NonFinitePolicy.Leave)|};
                Gradients.ClipNorm(1.0, dW, dB);
                Gradients.ClipNorm(1.0, dW, dB, nonFinite: NonFinitePolicy.Throw);
                var result = Gradients.ClipNorm(1.0, dW, dB, nonFinite: NonFinitePolicy.Zero);
            }

            void Model(Zeroing model, Throwing other, object known)
            {
                {|CLIP109:Gradients.Clip(model)|};
                Gradients.Clip(other);
                Gradients.Clip(known);
            }
        }
        """);

    [Fact]
    public Task Infinite_limit_of_Gradients() => CallsAsync("""
        class Trainer
        {
            double Norm(float[] dW, float[] dB) => {|CLIP110:Gradients.ClipNorm(double.PositiveInfinity, dW, dB)|}.TotalNorm;
            void Value(List<float[]> dWs) => {|CLIP110:Gradients.ClipValue(double.MaxValue, dWs)|};
            double InfinityNorm(float[] dW) => Gradients.ClipNorm(1.0, dW, normType: double.PositiveInfinity).TotalNorm;
        }
        """);

    [Fact]
    public Task Infinite_limit() => CallsAsync("""
        class Trainer
        {
            double Model(Throwing model) => {|CLIP110:model.ClipGradients(double.PositiveInfinity)|}.TotalNorm;
            double Largest(Throwing model) => {|CLIP110:model.ClipGradients(double.MaxValue)|}.TotalNorm;
            double Torch(TorchSharp.torch.nn.Module model) =>
                {|CLIP110:TorchSharp.torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm: float.PositiveInfinity)|};
            double InfinityNorm(TorchSharp.torch.nn.Module model) =>
                TorchSharp.torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0, double.PositiveInfinity);
            double Finite(Throwing model) => model.ClipGradients(2.0).TotalNorm;
            double Configured(Throwing model, double limit) => model.ClipGradients(limit).TotalNorm;
            void Reported(Throwing model, ClipReport report) => model.ClipGradients(double.PositiveInfinity, report);
        }
        """);

    [Fact]
    public Task Fix_reads_the_norm() => FixTest.VerifyAsync(
        Models + """
        class Trainer
        {
            double First(Throwing model) => {|CLIP110:model.ClipGradients(double.PositiveInfinity)|}.TotalNorm;
            double Second(Throwing model) => 2 * {|CLIP110:model.ClipGradients(double.PositiveInfinity)|}.TotalNorm;
        }
        """,
        Models + """
        class Trainer
        {
            double First(Throwing model) => model.GradientNorm();
            double Second(Throwing model) => 2 * model.GradientNorm();
        }
        """);

    [Fact]
    public Task No_fix_when_more_than_the_norm_is_read() => FixTest.VerifyNoFixAsync(Models + """
        class Trainer
        {
            ClipResult Result(Throwing model) => {|CLIP110:model.ClipGradients(double.PositiveInfinity)|};
        }
        """);

    [Fact]
    public Task Model_that_nothing_clips() => AnalyzerHarness.VerifyAsync(
        Models.Replace("partial class Throwing { ", "partial class {|CLIP108:Throwing|} { ") + """
        static class Program
        {
            static void Main()
            {
                var model = new Throwing();
                Console.WriteLine(model.GradientNorm());
            }
        }
        """,
        [new UnusedModelAnalyzer()]);

    [Fact]
    public Task Model_without_gradients_needs_no_call() => UsesAsync("""
        [ClipGradNorm(1.0)]
        partial class Fused
        {
            private readonly float[] _w = new float[4];
            public void Train(float[] x, float error) { for (int i = 0; i < 4; i++) _w[i] -= 0.1f * error * x[i]; }
        }

        static class Program
        {
            static void Main() => new Fused().Train(new float[4], 1f);
        }
        """);

    [Fact]
    public Task Model_that_something_clips() => UsesAsync("""
        static class Program
        {
            static void Main()
            {
                var model = new Throwing();
                model.ClipGradients();
            }
        }
        """);

    [Theory]
    [InlineData("Gradients.Clip(model);")]
    [InlineData("object known = model; Gradients.Clip(known);")]
    [InlineData("IClippable known = model; ClipGen.Gradients.Clip(known);")]
    [InlineData("Func<object, ClipResult> clip = Gradients.Clip; clip(model);")]
    [InlineData("Gradients.ClipNorm(1.0, new List<Throwing> { model });")]
    public Task Model_that_Gradients_clips(string call) => UsesAsync($$"""
        static class Program
        {
            static void Main()
            {
                var model = new Throwing();
                {{call}}
            }
        }
        """);

    [Fact]
    public Task Model_beside_buffers_that_Gradients_clips() => AnalyzerHarness.VerifyAsync(
        Models.Replace("partial class Throwing { ", "partial class {|CLIP108:Throwing|} { ") + """
        static class Program
        {
            static void Main()
            {
                var model = new Throwing();
                float[] other = { 1 };
                Gradients.ClipNorm(1.0, other);
            }
        }
        """,
        [new UnusedModelAnalyzer()]);

    [Fact]
    public Task Model_that_may_be_clipped_through_the_interface() => UsesAsync("""
        static class Program
        {
            static void Main() => Train(new Throwing());

            static void Train(IClippable model) => model.ClipGradients();
        }
        """);

    [Fact]
    public Task Model_that_is_clipped_by_a_method_group() => UsesAsync("""
        static class Program
        {
            static void Main() => Run(new Throwing().ClipGradients);

            static void Run(Func<ClipResult> clip) => clip();
        }
        """);

    [Fact]
    public Task Model_that_another_model_holds() => UsesAsync("""
        [ClipGradNorm(1.0)]
        partial class Outer : IClippable
        {
            private readonly List<Throwing> _layers = [new Throwing()];
            public ClipResult ClipGradients() => default;
        }

        static class Program
        {
            static void Main()
            {
                var model = new Outer();
                model.ClipGradients();
            }
        }
        """);

    [Fact]
    public Task Model_that_is_never_created() => UsesAsync("""
        static class Program
        {
            static void Main() { }
        }
        """);

    [Fact]
    public Task Public_model_of_a_library() => AnalyzerHarness.VerifyAsync(
        Models.Replace("partial class", "public partial class") + """
        public static class Factory
        {
            public static Throwing Create() => new();
        }
        """,
        [new UnusedModelAnalyzer()]);
}

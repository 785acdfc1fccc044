using ClipGen.Analyzers.Limits;

namespace ClipGen.Analyzers.Tests.Limits;

/// <summary>CLIP008 and CLIP009: limits that are too small or too large for any training run.</summary>
public sealed class LimitTests
{
    private static Task VerifyAsync(string source, params (string Key, string Value)[] options) =>
        AnalyzerHarness.VerifyAsync("using ClipGen;\nusing TorchSharp;\n" + source, [new LimitAnalyzer()],
            options.ToDictionary(option => option.Key, option => option.Value));

    [Theory]
    [InlineData("1.0")]
    [InlineData("0.001")]
    [InlineData("0.0001")]
    [InlineData("10000")]
    [InlineData("100.0f")]
    public Task Usual_limits_are_not_reported(string limit) => VerifyAsync($$"""
        [ClipGradNorm({{limit}})]
        class Model { [ClipGradValue({{limit}})] float[] _d = []; }

        class Trainer
        {
            void Clip(torch.nn.Module model)
            {
                torch.nn.utils.clip_grad_norm_(model.parameters(), {{limit}});
                torch.nn.utils.clip_grad_value_(model.parameters(), {{limit}});
            }
        }
        """);

    [Fact]
    public Task Small_and_large_limits_of_attributes() => VerifyAsync("""
        [ClipGradNorm({|CLIP008:1e-7|}, NormType = 1)]
        class Small { }

        [ClipGradNorm(maxNorm: {|CLIP009:1e9|})]
        class Large
        {
            [ClipGradNorm({|CLIP008:0.00001|})] float[] _d = [];
            [Gradient, ClipGradValue({|CLIP009:1e6|})] float[] Property { get; } = [];
        }
        """);

    [Fact]
    public Task Of_adaptive_limits_only_the_fixed_part_is_checked() => VerifyAsync("""
        [AutoClip(1e-7, MaxNorm = {|CLIP009:1e9|})]
        class Large { [AdaGC(1e9)] float[] _d = []; [AdaptiveClip(1e-9, WarmUpSteps = 3, MaxNorm = {|CLIP008:1e-7|})] float[] _e = []; }

        [ZClip(1e9, MaxNorm = 1)]
        class Usual { }
        """);

    [Fact]
    public Task Small_and_large_limits_of_calls() => VerifyAsync("""
        class Trainer
        {
            private const double Limit = 1e-9;

            void Clip(torch.nn.Module model, IClippable clippable, double configured)
            {
                torch.nn.utils.clip_grad_norm_(model.parameters(), {|CLIP008:Limit|});
                torch.nn.utils.clip_grad_norm_(max_norm: {|CLIP009:1000000|}, parameters: model.parameters());
                torch.nn.utils.clip_grad_norm_(model.parameters(), configured);
                torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0, 1e6);
            }
        }
        """);

    [Fact]
    public Task Errors_of_other_rules_are_left_to_them() => VerifyAsync("""
        [ClipGradNorm(0)]
        class Zero { }

        [ClipGradNorm(-1)]
        class Negative { }

        [ClipGradNorm(double.NaN)]
        class NotANumber { }

        [ClipGradNorm(double.PositiveInfinity)]
        class Infinite { }
        """);

    [Fact]
    public Task Limits_of_Gradients() => VerifyAsync("""
        class Trainer
        {
            void Clip(float[] dW, System.Span<float> dB)
            {
                Gradients.ClipNorm({|CLIP008:1e-9|}, dW);
                Gradients.ClipNorm({|CLIP009:1e6|}, dB, dW);
                Gradients.ClipValue(gradients: dW, clipValue: {|CLIP008:1e-9|});
                Gradients.ClipNorm(1.0, dW, normType: 1e6, epsilon: 1e-9);
            }
        }
        """);

    [Fact]
    public Task Bounds_are_options() => VerifyAsync(
        """
        [ClipGradNorm({|CLIP008:0.05|})]
        class Small { }

        [ClipGradNorm({|CLIP009:20|})]
        class Large { }

        [ClipGradNorm(5)]
        class Usual { }
        """,
        ("clipgen.small_limit", "0.1"),
        ("clipgen.large_limit", "10"));

    [Fact]
    public Task Options_that_are_no_numbers_are_ignored() => VerifyAsync(
        """
        [ClipGradNorm({|CLIP008:1e-6|})]
        class Small { }
        """,
        ("clipgen.small_limit", "tiny"),
        ("clipgen.large_limit", "-3"));
}

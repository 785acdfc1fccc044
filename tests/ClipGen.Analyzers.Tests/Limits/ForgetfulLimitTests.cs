using ClipGen.Analyzers.Limits;

namespace ClipGen.Analyzers.Tests.Limits;

/// <summary>CLIP021: adaptive limits that are created in the call that clips.</summary>
public sealed class ForgetfulLimitTests
{
    [Theory]
    [InlineData("Gradients.ClipNorm({|CLIP021:new AutoClipLimit(10)|}, d);")]
    [InlineData("Gradients.ClipNorm({|CLIP021:new ZClipLimit(2.5) { MaxNorm = 3 }|}, d, d);")]
    [InlineData("Gradients.ClipNorm(limit: {|CLIP021:new AdaGCLimit(1.05)|}, gradients: d);")]
    [InlineData("optimizer.ClipAndStep(net, {|CLIP021:new AutoClipLimit(10)|});")]
    public Task A_new_limit_has_no_state(string statement) => VerifyAsync(statement);

    [Theory]
    [InlineData("Gradients.ClipNorm(_kept, d);")]
    [InlineData("AdaptiveLimit limit = new AutoClipLimit(10); Gradients.ClipNorm(limit, d);")]
    [InlineData("Gradients.ClipNorm(_kept ?? new AutoClipLimit(10), d);")]
    [InlineData("optimizer.ClipAndStep(net, new AdaptiveClipLimit(0.01));")]
    [InlineData("Keep(new AutoClipLimit(10));")]
    [InlineData("Gradients.ClipNorm(1.0, d);")]
    public Task A_kept_limit_is_not_reported(string statement) => VerifyAsync(statement);

    private static Task VerifyAsync(string statement) => AnalyzerHarness.VerifyAsync(
        $$"""
        using ClipGen;
        using ClipGen.Optimizers;

        sealed class Trainer
        {
            private readonly AutoClipLimit _kept = new(10);
            void Keep(AdaptiveLimit limit) { }
            void Clip(float[] d, IClippable net, Adam optimizer) { {{statement}} }
        }
        """,
        [new ForgetfulLimitAnalyzer()]);
}

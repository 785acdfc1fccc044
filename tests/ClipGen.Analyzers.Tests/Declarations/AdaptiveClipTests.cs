using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Tests.Declarations;

/// <summary>CLIP018 to CLIP020, and CLIP004, CLIP005, CLIP008 and CLIP009 for adaptive limits.</summary>
public sealed class AdaptiveClipTests
{
    private const string Paired = "[Parameter(Gradient = nameof(_dW))] float[] _w; float[] _dW;";

    [Theory]
    [InlineData("[AdaptiveClip(0.01)] partial class Net { " + Paired + " [Gradient] float[] {|CLIP018:_dB|}; }")]
    [InlineData("[AdaptiveClip(0.01)] partial class Net { " + Paired + " [Gradient] float[][] {|CLIP018:_dB|}; }")]
    [InlineData("partial class Net { [AdaptiveClip(0.01)] float[] {|CLIP018:_dB|}; }")]
    [InlineData("""
        [AdaptiveClip(0.01)] partial class Net { Layer _layer; }
        partial class Layer { [Gradient] float[] {|CLIP018:_dB|}; }
        """)]
    [InlineData(
        """
        [AdaptiveClip(0.01)] partial class Net { Layer[] _layers; }
        partial class Layer { Block _block; }
        partial class Block { [Gradient] float[] {|CLIP018:_dB|}; }
        """)]
    [InlineData(
        """
        [ClipGradNorm(1), AdaptiveClip(0.01, Group = "a")] partial class Net
        {
            [Gradient(Group = "a")] float[] {|CLIP018:_dB|};
            [Gradient] float[] _dC;
        }
        """)]
    [InlineData(
        """
        [ClipGradNorm(1), AdaptiveClip(0.01, Group = "a")] partial class Net { [Gradient(Group = "a")] Layer _a; }
        partial class Layer { [Gradient] float[] {|CLIP018:_dB|}; }
        """)]
    public Task CLIP018_names_what_has_no_parameter(string source) => DeclarationVerifier.VerifyAsync(source);

    [Theory]
    [InlineData("[AdaptiveClip(0.01)] partial class Net { " + Paired + " }")]
    [InlineData("[AdaptiveClip(0.01)] partial class Net { " + Paired + " [ClipIgnore] float[] _dB; }")]
    [InlineData("[AdaptiveClip(0.01)] partial class Net { " + Paired + " [ClipGradNorm(1)] float[] _dB; }")]
    [InlineData($$"""
        [AdaptiveClip(0.01), ClipGradNorm(1, Group = "rest")] partial class Net
        {
            {{Paired}}
            [Gradient(Group = "rest")] float[] _dB;
        }
        """)]
    [InlineData($$"""
        [AdaptiveClip(0.01), ClipGradNorm(1, Group = "rest")] partial class Net
        {
            {{Paired}}
            [Gradient(Group = "rest")] Layer _layer;
        }
        partial class Layer { [Gradient] float[] _dB; }
        """)]
    [InlineData("[AdaGC(1.05)] partial class Net { [Gradient] float[] _dB; }")]
    [InlineData(
        """
        class AdaptiveClipAttribute : Attribute { public AdaptiveClipAttribute(double r) { } }
        partial class Layer { [Gradient] float[] _dB; }
        """)]
    public Task CLIP018_is_not_reported_for_other_gradients(string source) => DeclarationVerifier.VerifyAsync(source);

    [Theory]
    [InlineData(
        """
        [AdaptiveClip(0.01)] partial class Net
        {
            [Parameter(Gradient = nameof(_dW))] readonly float[] _w = new float[6];
            [{|CLIP019:Gradient(UnitLength = 4)|}] readonly float[] _dW = new float[6];
        }
        """)]
    [InlineData("[ClipGradNorm(1)] partial class Net { [{|CLIP019:Gradient(UnitLength = 4, Length = 6)|}] float[] _dW; }")]
    [InlineData("[ClipGradNorm(1)] partial class Net { [{|CLIP019:Gradient(UnitLength = -1)|}] float[] _dW; }")]
    [InlineData("partial class Layer { [{|CLIP019:Gradient(UnitLength = 5)|}] readonly double[,] _dW = new double[2, 3]; }")]
    public Task CLIP019_names_units_that_do_not_divide(string source) => DeclarationVerifier.VerifyAsync(source);

    [Theory]
    [InlineData("[ClipGradNorm(1)] partial class Net { [Gradient(UnitLength = 4)] float[] _dW; }")]
    [InlineData("[ClipGradNorm(1)] partial class Net { [Gradient(UnitLength = 3)] readonly float[] _dW = new float[6]; }")]
    [InlineData("[ClipGradNorm(1)] partial class Net { [Gradient(UnitLength = 0)] readonly float[] _dW = new float[5]; }")]
    public Task CLIP019_is_not_reported_for_units_that_divide(string source) => DeclarationVerifier.VerifyAsync(source);

    [Theory]
    [InlineData(
        """
        [AdaptiveClip(0.01)] partial class Net
        {
            [Parameter(Gradient = nameof(_dOutput))] float[] {|CLIP020:_output|};
            float[] _dOutput;
        }
        """)]
    [InlineData($$"""
        [AdaptiveClip(0.01)] partial class Net { Layer {|CLIP020:_head|}; Layer _body; }
        partial class Layer { {{Paired}} }
        """)]
    [InlineData($$"""
        [AdaptiveClip(0.01)] partial class Net { public Layer {|CLIP020:Classifier|} { get; } }
        partial class Layer { {{Paired}} }
        """)]
    public async Task CLIP020_names_the_last_layer(string source)
    {
        IReadOnlyList<Diagnostic> found = await DeclarationVerifier.VerifyAsync(source);
        Assert.All(found, diagnostic => Assert.Equal(DiagnosticSeverity.Info, diagnostic.Severity));
    }

    [Theory]
    [InlineData("[ClipGradNorm(1)] partial class Net { Layer _head; } partial class Layer { " + Paired + " }")]
    [InlineData($$"""
        [AdaptiveClip(0.01)] partial class Net { [ClipGradNorm(1)] Layer _head; Layer _body; }
        partial class Layer { {{Paired}} }
        """)]
    [InlineData($$"""
        [AdaptiveClip(0.01), ClipGradNorm(1, Group = "last")]
        partial class Net
        {
            [Gradient(Group = "last")] Layer _head;
            Layer _body;
        }

        partial class Layer { {{Paired}} }
        """)]
    [InlineData($$"""
        [AdaptiveClip(0.01)] partial class Net { Layer _attentionHead; Layer[] _heads; Layer _outputGate; int _outputCount; }
        partial class Layer { {{Paired}} }
        """)]
    [InlineData($$"""
        [AdaptiveClip(0.01)] partial class Net { [ClipIgnore] Layer _output; Layer _body; }
        partial class Layer { {{Paired}} }
        """)]
    public Task CLIP020_is_not_reported_for_other_layers(string source) => DeclarationVerifier.VerifyAsync(source);

    [Theory]
    [InlineData("[{|CLIP004:AutoClip(0)|}] partial class Net { [Gradient] float[] _g; }",
        "The percentile of 'Net' is 0; it must be greater than 0, and at most 100")]
    [InlineData("[{|CLIP004:AutoClip(100.5)|}] partial class Net { [Gradient] float[] _g; }", "The percentile of 'Net' is 100.5")]
    [InlineData("[{|CLIP004:ZClip(double.NaN)|}] partial class Net { [Gradient] float[] _g; }", "The threshold of 'Net' is NaN")]
    [InlineData("[{|CLIP004:ZClip(2.5, WarmUpSteps = 1)|}] partial class Net { [Gradient] float[] _g; }",
        "The WarmUpSteps of 'Net' is 1; it must be at least 2")]
    [InlineData("[{|CLIP004:AutoClip(10, WarmUpSteps = -1)|}] partial class Net { [Gradient] float[] _g; }",
        "The WarmUpSteps of 'Net' is -1")]
    [InlineData("[{|CLIP004:AdaGC(1.05, MaxNorm = 0)|}] partial class Net { [Gradient] float[] _g; }", "The MaxNorm of 'Net' is 0")]
    [InlineData("partial class Net { [{|CLIP004:AdaGC(-1)|}] float[] _g; }",
        "The ratio of '_g' is -1; it must be finite, and greater than zero")]
    [InlineData("[{|CLIP004:AutoClip(10, NonFinite = (NonFinitePolicy)9)|}] partial class Net { [Gradient] float[] _g; }",
        "The NonFinite of 'Net' is 9")]
    public async Task CLIP004_names_the_number_that_is_wrong(string source, string message)
    {
        Diagnostic diagnostic = Assert.Single(await DeclarationVerifier.VerifyAsync(source));
        Assert.StartsWith(message, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        """
        [AutoClip(100), ZClip(1e-3, Group = "a")]
        partial class Net
        {
            [Gradient] float[] _g;
            [Gradient(Group = "a")] float[] _h;
        }
        """)]
    [InlineData("[AdaGC(0.5, MaxNorm = double.PositiveInfinity, WarmUpSteps = 0)] partial class Net { [Gradient] float[] _g; }")]
    public Task CLIP004_is_not_reported_for_unusual_valid_numbers(string source) => DeclarationVerifier.VerifyAsync(source);

    [Theory]
    [InlineData("[ClipGradNorm(1)] [{|CLIP005:AutoClip(10)|}] partial class Net { [Gradient] float[] _g; }",
        "has a fixed limit as its MaxNorm")]
    [InlineData("[ZClip(2.5)] [{|CLIP005:ClipGradNorm(1)|}] partial class Net { [Gradient] float[] _g; }",
        "has a fixed limit as its MaxNorm")]
    [InlineData("[AutoClip(10)] [{|CLIP005:ZClip(2.5)|}] partial class Net { [Gradient] float[] _g; }", "keep one")]
    [InlineData("partial struct {|CLIP005:Net|} { [AdaGC(1.05)] float[] _g; }", "make it a class")]
    [InlineData("partial class Net { [AdaGC(1.05), {|CLIP005:ClipGradNorm(1)|}] float[] _g; }", "keep one")]
    public async Task CLIP005_names_two_limits_for_the_same_gradients(string source, string advice)
    {
        Diagnostic diagnostic = Assert.Single(await DeclarationVerifier.VerifyAsync(source));
        Assert.Contains(advice, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }
}

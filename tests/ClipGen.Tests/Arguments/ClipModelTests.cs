using ClipGen.Tests.Sources;

namespace ClipGen.Tests.Arguments;

/// <summary>Models that the caller knows by a base type or an interface.</summary>
public sealed class ClipModelTests
{
    [Fact]
    public void A_model_is_clipped_by_the_limits_that_it_declares()
    {
        var model = new TwoBuffers([3, 4], []);
        object known = model;

        ClipResult result = Gradients.Clip(known);

        Assert.Equal(5, result.TotalNorm);
        Exact.AssertClose([0.006, 0.008], model.Weights);
    }

    [Fact]
    public void What_is_no_model_is_refused_by_type()
    {
        ArgumentException plain = Assert.Throws<ArgumentException>(() => Gradients.Clip("text"));
        ArgumentException source = Assert.Throws<ArgumentException>(() => Gradients.Clip(new ArraySource()));

        Assert.Contains("System.String is not a model", plain.Message, StringComparison.Ordinal);
        Assert.Contains("ArraySource has gradients, but no limit", source.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => Gradients.Clip(null!));
    }
}

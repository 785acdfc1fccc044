namespace ClipGen.Generator.Tests;

/// <summary>However gradients are marked, their type gets its code exactly once.</summary>
public sealed class MarkedMembersTests
{
    [Theory]
    [InlineData("[Gradient] float[] _a = new float[1]; [Gradient] float[] _b = new float[1];")]
    [InlineData("""
        [GradientAttribute] float[] _a = new float[1];
        [ClipGen.Gradient(Length = 1)] float[] _b = new float[1];
        """)]
    [InlineData("""
        [Gradient] float[] _a = new float[1], _b = new float[1];
        [global::ClipGen.Gradient] float[] _c = new float[1];
        """)]
    [InlineData("[Other.Gradient] int _n; [Other.Gradient, ClipGen.Gradient] float[] _a = new float[1];")]
    [InlineData("""
        [Parameter] float[] _w = new float[1];
        [Parameter(Gradient = nameof(_a))] float[] _v = new float[1];
        float[] _a = new float[1];
        """)]
    [InlineData("""
        [Parameter(Gradient = Nothing)] float[] _w = new float[1];
        [Parameter(Gradient = nameof(_a))] float[] _v = new float[1];
        float[] _a = new float[1];
        const string Nothing = null!;
        """)]
    [InlineData("""
        [field: Gradient] float[] A { get; } = new float[1];
        [Gradient] float[] _a = new float[1];
        [Gradient] float[] _b = new float[1];
        """)]
    [InlineData("class Inner { [Other.Gradient] float[] _x = new float[1]; } [Gradient] float[] _a = new float[1];")]
    [InlineData("[ClipGradNorm(1)] float[] _a = new float[1]; [ClipGradNorm(2)] float[] _b = new float[1];")]
    public void A_type_is_found_by_the_first_member_that_marks_a_gradient(string members)
    {
        GeneratorRun run = GeneratorHarness.Run(
            "namespace Demo { using ClipGen; public partial class Linear { " + members + " } }",
            "namespace Other { public sealed class GradientAttribute : System.Attribute { } }");

        Assert.Equal(["Demo.Linear.g.cs"], run.Files.Keys);
    }
}

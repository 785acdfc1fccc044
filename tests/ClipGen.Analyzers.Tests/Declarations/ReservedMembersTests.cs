using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Tests.Declarations;

/// <summary>CLIP010: members of a model whose names the generated code needs.</summary>
public sealed class ReservedMembersTests
{
    [Theory]
    [InlineData("[ClipGradNorm(1)] partial class Net { [Gradient] float[] _g; private void {|CLIP010:ZeroGradients|}() { } }")]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net
        {
            [Gradient] float[] _g;
            public static void {|CLIP010:ZeroGradients|}() { }
        }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net
        {
            [Gradient] float[] _g;
            public double {|CLIP010:ClipGradients|}(double d) => d;
        }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net
        {
            [Gradient] float[] _g; public string {|CLIP010:GetGradientNames|} = "";
        }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net
        {
            [Gradient] float[] _g;
            public object {|CLIP010:GetGradientNames|}() => 1;
        }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net
        {
            [Gradient] float[] _g;
            void {|CLIP010:ClipGradients|}(ClipReport? r) { }
        }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net
        {
            [Gradient] float[] _g;
            void {|CLIP010:ClipGradients|}(double d, ClipReport r) {}
        }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net
        {
            [Gradient] float[] _g;
            public bool {|CLIP010:ClipGradients|}() => true;
        }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net
        {
            [Gradient] float[] _g;
            float _n;
            public ref float {|CLIP010:GradientNorm|}() => ref _n;
        }
        """)]
    [InlineData("[ClipGradNorm(1)] partial class Net { [Gradient] float[] _g; double {|CLIP010:GradientNorm|} { get; set; } }")]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net : Base { [Gradient] float[] _g; }
        class Base { public virtual void {|CLIP010:ZeroGradients|}() { } }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class {|CS0534:Net|} : Base { [Gradient] float[] _g; }
        abstract class Base { public abstract ClipResult {|CLIP010:ClipGradients|}(); }
        """)]
    [InlineData(
        """
        [ClipGradNorm(1)] partial class Base { [Gradient] float[] _g; public void {|CLIP010:ZeroGradients|}() { } }
        [ClipGradNorm(1)] partial class Net : Base { [Gradient] float[] _h; }
        """)]
    [InlineData(
        """
        [ClipGradNorm(1)] partial class Base { [Gradient] float[] _g; }
        [ClipGradNorm(1)] partial class Net : Base { [Gradient] float[] _h; public new void {|CLIP010:ZeroGradients|}() { } }
        """)]
    public Task Is_reported_for_members_with_a_generated_signature(string source) => DeclarationVerifier.VerifyAsync(source);

    [Theory]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net
        {
            [Gradient] float[] _g;
            public void ZeroGradients(int layer) { }
            void ClipGradients(float f) { }
        }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net
        {
            [Gradient] float[] _g;
            public List<string> GradientNames { get; } = [];
        }
        """)]
    [InlineData("[ClipGradNorm(1)] partial class Net { [Gradient] float[] _g; object GetGradientNames(int i) => i; }")]
    [InlineData("[ClipGradNorm(1)] partial class Net { [Gradient] float[] _g; void ClipGradients(ClipReport r, double d) { } }")]
    [InlineData("partial class Layer { [Gradient] float[] _g; public void ZeroGradients() { } }")]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net : Base { [Gradient] float[] _g; }
        class Base { private void ZeroGradients() { } }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Base { [Gradient] float[] _g; }
        [ClipGradNorm(1)] partial class Net : Base { [Gradient] float[] _h; }
        """)]
    public Task Is_not_reported_for_other_signatures(string source) => DeclarationVerifier.VerifyAsync(source);

    [Theory]
    [InlineData("[ClipGradNorm(1)] partial class Net { [Gradient] float[] _g; public void ZeroGradients() { } }")]
    [InlineData("""
        [ClipGradNorm(1)] partial struct Net
        {
            [Gradient] float[] _g;
            public ClipResult ClipGradients(double limit) => ClipGradients();
        }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] sealed partial class Net
        {
            [Gradient] float[] _g;
            public ClipResult ClipGradients() => ClipGradients(2.0);
        }
        """)]
    [InlineData(
        """
        [ClipGradNorm(1), ClipGradNorm(1, Group = "a")] partial class Net
        {
            [Gradient] float[] _g;
            [Gradient(Group = "a")] float[] _h;
            public virtual ClipResult ClipGradients() => default;
            public virtual ClipResult ClipGradients(double limit) => default;
        }
        """)]
    [InlineData(
        """
        [ClipGradNorm(1)] partial class Base { [Gradient] float[] _g; public virtual void ZeroGradients() { } }
        [ClipGradNorm(1)] partial class Net : Base { [Gradient] float[] _h; }
        [ClipGradNorm(1)] partial class Other : Base { [Gradient] float[] _h; public override void ZeroGradients() { } }
        """)]
    [InlineData(
        """
        [ClipGradNorm(1)] partial class Net : Base
        {
            [Gradient] float[] _g;
            public override ClipResult ClipGradients() => default;
            public override void ZeroGradients() { }
        }
        abstract class Base { public abstract ClipResult ClipGradients(); public virtual void ZeroGradients() { } }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] abstract partial class Net
        {
            [Gradient] float[] _g;
            public abstract double GradientNorm();
            public int GetGradientNorms(Span<double> norms) => 0;
        }
        """)]
    [InlineData("""
        [ClipGradNorm(1)] partial class Net
        {
            [Gradient] float[] _g;
            public void ZeroGradients<T>() { }
            public void ScaleGradients(in double d) { }
        }
        """)]
    public Task Is_not_reported_where_the_member_replaces_the_generated_one(string source) =>
        DeclarationVerifier.VerifyAsync(source);

    [Theory]
    [InlineData("void ZeroGradients() { }",
        "'ZeroGradients()' is generated for 'Net'; make this member public, so that it replaces the generated one, or rename it")]
    [InlineData("public bool ClipGradients() => true;",
        "'ClipGradients()' is generated for 'Net'; make this member return 'ClipResult', so that it replaces the generated one, "
        + "or rename it")]
    [InlineData("public double GradientNorm;",
        "'GradientNorm()' is generated for 'Net'; make this member a method, so that it replaces the generated one, or rename it")]
    public async Task Names_what_keeps_a_member_from_being_used(string member, string message)
    {
        string name = member.Split('(', ';')[0].Split(' ')[^1];
        string marked = member.Replace(name, $"{{|CLIP010:{name}|}}", StringComparison.Ordinal);
        Diagnostic diagnostic = Assert.Single(await DeclarationVerifier.VerifyAsync(
            $$"""
            [ClipGradNorm(1)]
            partial class Net
            {
                [Gradient] float[] _g;
                {{marked}}
            }
            """));
        Assert.Equal(message, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }
}

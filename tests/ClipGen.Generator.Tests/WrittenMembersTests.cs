using System.Reflection;

namespace ClipGen.Generator.Tests;

/// <summary>A clipping member that the model itself implements is used, and the other members are generated.</summary>
public sealed class WrittenMembersTests
{
    [Fact]
    public void A_hand_written_reset_is_used_beside_generated_clipping()
    {
        dynamic model = Create(
            """
            [ClipGradNorm(1.0)]
            public partial class Model
            {
                [Gradient] public float[] G = { 3, 4 };
                public int Resets;
                public void ZeroGradients() => Resets++;
            }
            """);

        model.ZeroGradients();

        Assert.Equal(1, (int)model.Resets);
        Assert.Equal([3f, 4f], (float[])model.G);
        Assert.Equal(5.0, ((IClippable)model).ClipGradients().TotalNorm, 6);
        Assert.Equal(1.0, (double)model.GradientNorm(), 6);
    }

    [Fact]
    public void A_hand_written_clip_with_a_limit_may_call_the_generated_one()
    {
        dynamic model = Create(
            """
            [ClipGradNorm(1.0)]
            public sealed partial class Model
            {
                [Gradient] public float[] G = { 3, 4 };
                public double Asked;
                public ClipResult ClipGradients(double limit) { Asked = limit; return ClipGradients(); }
            }
            """);

        ClipResult result = model.ClipGradients(2.0);

        Assert.Equal(2.0, (double)model.Asked);
        Assert.Equal(0.2, result.Scale, 6);
    }

    [Fact]
    public void A_hand_written_clip_implements_the_interface()
    {
        dynamic model = Create(
            """
            [ClipGradNorm(1.0)]
            public partial class Model
            {
                [Gradient] public float[] G = { 3, 4 };
                public ClipResult ClipGradients() => ClipGradients(2.5);
            }
            """);

        Assert.Equal(0.5, ((IClippable)model).ClipGradients().Scale, 6);
    }

    [Fact]
    public void Both_clips_may_be_written_where_several_limits_are_declared()
    {
        dynamic model = Create(
            """
            [ClipGradNorm(1.0), ClipGradNorm(2.0, Group = "a")]
            public partial class Model
            {
                [Gradient] public float[] G = { 3, 4 };
                [Gradient(Group = "a")] public float[] H = { 1 };
                public virtual ClipResult ClipGradients() => default;
                public virtual ClipResult ClipGradients(double limit) => default;
            }
            """);

        Assert.Equal(0.0, ((IClippable)model).ClipGradients().TotalNorm);
        Assert.Equal(Math.Sqrt(26), (double)model.GradientNorm(), 6);
    }

    [Fact]
    public void A_derived_model_overrides_what_its_base_has_written()
    {
        dynamic model = Create(
            """
            public abstract class Trainable { public abstract ClipResult ClipGradients(); }

            [ClipGradNorm(1.0)]
            public partial class Middle : Trainable
            {
                [Gradient] public float[] G = { 3, 4 };
                public virtual void ZeroGradients() { }
                public override ClipResult ClipGradients() => default;
            }

            [ClipGradNorm(6.5)]
            public partial class Model : Middle { [Gradient] public float[] H = { 12 }; }
            """);

        Assert.Equal(0.5, ((IClippable)model).ClipGradients().Scale, 6);
        model.ZeroGradients();
        Assert.Equal(0.0, (double)model.GradientNorm());
    }

    private static dynamic Create(string source)
    {
        Assembly assembly = GeneratorHarness.Run("using System; using ClipGen;\n" + source).Load();
        return Activator.CreateInstance(assembly.GetType("Model")!)!;
    }
}

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests.Stepping;

/// <summary>Steps with the limits that a module declares.</summary>
public sealed partial class ModuleStepTests : TorchTests
{
    [Theory, InlineData(true), InlineData(false)]
    public void Groups_members_and_what_is_left_out_are_those_of_ClipGradients(bool isFused)
    {
        foreach (double? limit in (double?[])[null, 0.25])
        {
            using DisposeScope scope = NewDisposeScope();
            using var expected = new Grouped();
            using var actual = new Grouped();
            actual.load_state_dict(expected.state_dict());

            // Not in the order of the module, with one more parameter, and without some of its parameters.
            Parameter[] Of(Grouped model, Parameter other) =>
                [other, .. model.parameters().Reverse().Where(parameter => !ReferenceEquals(parameter, model.plain.bias))];
            Parameter[] others = [WithGradient(30, 40), WithGradient(30, 40)];
            using var plain = new AdamW(Of(expected, others[0]), 0.1);
            using var optimizer = new AdamW(Of(actual, others[1]), 0.1);
            for (int step = 0; step < 4; step++)
            {
                foreach ((Parameter left, Parameter right) in expected.parameters().Zip(actual.parameters()))
                {
                    left.grad = randn(left.shape) * 3;
                    right.grad = left.grad.clone();
                }

                ClipResult clipped = limit is { } one ? expected.ClipGradients(one) : expected.ClipGradients();
                plain.step();
                ClipResult result = Run(
                    isFused, () => limit is { } two ? optimizer.ClipAndStep(actual, two) : optimizer.ClipAndStep(actual));
                Assert.Equal(clipped, result);
            }

            IEnumerable<Parameter> all = expected.parameters().Append(others[0]);
            foreach ((Parameter left, Parameter right) in all.Zip(actual.parameters().Append(others[1])))
                Assert.True(left.allclose(right, 1e-6, 1e-6));
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_NaN_is_named_and_one_left_out_is_not_seen(bool isFused)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new Grouped();
        using var optimizer = new SGD(model.parameters(), 0.1);
        foreach (Parameter parameter in model.parameters())
            parameter.grad = randn(parameter.shape);
        model.frozen.weight!.grad!.fill_(float.NaN);
        Assert.True(Run(isFused, () => optimizer.ClipAndStep(model)).IsFinite);
        model.embedding.weight!.grad!.fill_(float.NaN);
        var exception = Assert.Throws<NonFiniteGradientException>(() => Run(isFused, () => optimizer.ClipAndStep(model)));
        Assert.Equal("embedding.weight", exception.GradientName);

        // With the policy of a limit by value, an infinity is clamped and a NaN remains.
        using var careful = new Careful();
        using var other = new SGD(careful.parameters(), 0.1);
        careful.layer.weight!.grad = full([2, 2], float.PositiveInfinity);
        Assert.False(Run(isFused, () => other.ClipAndStep(careful)).Skipped);
        careful.layer.weight!.grad = full([2, 2], float.NaN);
        Assert.True(Run(isFused, () => other.ClipAndStep(careful)).Skipped);
        Assert.False(careful.layer.weight.isnan().any().ToBoolean());
    }

    [Fact]
    public void Limits_and_zeroing_of_a_derived_module_count()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new Derived();
        using var optimizer = new SGD(model.parameters(), 0.1);
        foreach (Parameter parameter in model.parameters())
            parameter.grad = ones(parameter.shape);
        ClipResult result = optimizer.ClipAndStep(model, zeroGradients: true);
        Assert.Equal(3, result.ExceededLimit);
        Assert.All(model.parameters(), parameter => Assert.Equal(0, parameter.grad!.abs().sum().ToDouble()));
        Assert.Throws<ArgumentOutOfRangeException>(() => optimizer.ClipAndStep(model, -1));
    }

    [Fact]
    public void A_module_without_a_limit_throws_with_advice()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = nn.Linear(2, 2);
        using var optimizer = new SGD(model.parameters(), 0.1);
        var exception = Assert.Throws<ArgumentException>(() => optimizer.ClipAndStep(model));
        Assert.Equal("module", exception.ParamName);
        Assert.Contains("Linear declares no limit", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => optimizer.ClipAndStep(model, 2.0));
    }

    [Fact]
    public void A_clip_that_is_written_by_hand_has_no_known_limits()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new HandWritten();
        using var optimizer = new SGD(model.parameters(), 1);
        Assert.Contains("without generated code", Assert.Throws<ArgumentException>(() => optimizer.ClipAndStep(model)).Message,
            StringComparison.Ordinal);
    }

    private static ClipResult Run(bool isFused, Func<ClipResult> run) => isFused ? run() : Unfused.Run(run);

    [ClipGradNorm(2.0)]
    [ClipGradNorm(0.25, Group = "embeddings", Scope = ClipScope.PerParameter)]
    private partial class Grouped : nn.Module<Tensor, Tensor>
    {
        [Gradient(Group = "embeddings")] internal readonly Embedding embedding = nn.Embedding(7, 4);
        [ClipGradValue(0.125)] internal readonly Linear head = nn.Linear(4, 3);
        [ClipIgnore] internal readonly Linear frozen = nn.Linear(2, 2);
        internal readonly Linear plain = nn.Linear(3, 3);

        public Grouped()
            : base(nameof(Grouped)) => RegisterComponents();

        public override Tensor forward(Tensor input) => input;
    }

    [ClipGradNorm(3.0)]
    private sealed partial class Derived : Grouped
    {
        internal readonly Linear more = nn.Linear(20, 20);

        public Derived() => RegisterComponents();
    }

    [ClipGradValue(0.5, NonFinite = NonFinitePolicy.Leave)]
    private sealed partial class Careful : nn.Module<Tensor, Tensor>
    {
        internal readonly Linear layer = nn.Linear(2, 2);

        public Careful()
            : base(nameof(Careful)) => RegisterComponents();

        public override Tensor forward(Tensor input) => input;
    }

    private sealed class HandWritten : nn.Module<Tensor, Tensor>, IClippable
    {
        internal readonly Parameter weight = new(zeros(2));

        public HandWritten()
            : base(nameof(HandWritten)) => RegisterComponents();

        public override Tensor forward(Tensor input) => input;

        public ClipResult ClipGradients() => TorchGradients.ClipNorm(this, 1.0);
    }
}

using ClipGen.Optimizers;

#pragma warning disable IDE0052 // Generated code reads what no other code does.

namespace ClipGen.Tests.Optimizers;

/// <summary>Gradients that are not finite, tied, null, or without a parameter.</summary>
public sealed partial class StepPolicyTests
{
    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Throw_changes_nothing(double bad)
    {
        var model = new SmallModel<double>([1, 2]) { DW = [1, 1] };
        var optimizer = new AdamW();
        optimizer.ClipAndStep(model);
        (double[] parameters, byte[] state) = ([.. model.W], SavingTests.Saved(optimizer));
        model.DW = [1, bad];

        var exception = Assert.Throws<NonFiniteGradientException>(() => optimizer.ClipAndStep(model));

        Assert.Contains("_dW", exception.Message, StringComparison.Ordinal);
        Assert.Equal(parameters, model.W);
        Assert.Equal([1, bad], model.DW);
        Assert.Equal(state, SavingTests.Saved(optimizer));
    }

    [Theory]
    [InlineData(double.NaN, false)]
    [InlineData(double.PositiveInfinity, false)]
    [InlineData(double.NaN, true)]
    public void Zero_and_leave_skip_the_step(double bad, bool zeroGradients)
    {
        var zero = new ZeroModel { DW = [1, bad] };
        var leave = new LeaveModel { DW = [1, bad] };
        var optimizers = (new Adam { ZeroGradients = zeroGradients }, new Adam { ZeroGradients = zeroGradients });

        ClipResult zeroed = optimizers.Item1.ClipAndStep(zero);
        ClipResult left = optimizers.Item2.ClipAndStep(leave);

        Assert.True(zeroed.Skipped);
        Assert.True(left.Skipped);
        Assert.Equal("_dW", left.NonFiniteGradient);
        Assert.Equal([1, 2], zero.W);
        Assert.Equal([1, 2], leave.W);
        Assert.Equal([0, 0], zero.DW);
        Assert.Equal(zeroGradients ? [0, 0] : [1, bad], leave.DW);

        // Such a step is not counted: the next one is the first.
        leave.DW = [1, 1];
        var other = new LeaveModel { DW = [1, 1] };
        optimizers.Item2.ClipAndStep(leave);
        new Adam().ClipAndStep(other);
        Assert.Equal(other.W, leave.W);
    }

    [Fact]
    public void Propagate_steps_as_PyTorch_does()
    {
        var model = new PropagateModel { DW = [1, double.NaN] };

        ClipResult result = new Sgd().ClipAndStep(model);

        Assert.False(result.Skipped);
        Assert.All(model.W, w => Assert.Equal(double.NaN, w));
    }

    [Fact]
    public void Tied_gradients_step_once()
    {
        var model = new TiedModel();

        ClipResult result = new Sgd(1).ClipAndStep(model);

        Assert.Equal(5, result.TotalNorm, 12);
        Exact.AssertClose([1 - 0.6, 1 - 0.8], model.W, 1e-12);
    }

    [Fact]
    public void One_parameter_with_two_gradients_is_refused()
    {
        var model = new TwoGradients();

        string message = Assert.Throws<InvalidOperationException>(() => new Sgd(1).ClipAndStep(model)).Message;

        Assert.Contains("'_dDecoder'", message, StringComparison.Ordinal);
        Assert.Equal([1, 1], model.W);
    }

    [Fact]
    public void A_null_gradient_is_left_out_and_its_step_not_counted()
    {
        var late = new SmallModel<double>([1, 2]) { DW = null! };
        var fresh = new SmallModel<double>([1, 2]) { DW = [1, 3] };
        var optimizer = new AdamW();
        for (int i = 0; i < 3; i++)
            optimizer.ClipAndStep(late);
        Assert.Equal([1, 2], late.W);

        late.DW = [1, 3];
        optimizer.ClipAndStep(late);
        new AdamW().ClipAndStep(fresh);

        Assert.Equal(fresh.W, late.W);
    }

    [Fact]
    public void A_gradient_without_a_parameter_is_named()
    {
        var model = new PartlyDeclared();

        string message = Assert.Throws<InvalidOperationException>(() => new Adam().ClipAndStep(model)).Message;

        Assert.Contains("'_dB'", message, StringComparison.Ordinal);
        Assert.Contains("[Parameter(Gradient", message, StringComparison.Ordinal);
        Assert.Equal([1], model.W);
    }

    [Fact]
    public void A_parameter_of_another_length_is_named()
    {
        var model = new SmallModel<double>([1, 2]) { DW = [1, 2, 3] };

        string message = Assert.Throws<InvalidOperationException>(() => new Adam().Step(model)).Message;

        Assert.Contains("'_dW' has 3 elements", message, StringComparison.Ordinal);
        Assert.Contains("'_w' has 2", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Items_in_another_order_keep_their_states()
    {
        var model = new KeyedModel();
        var same = new KeyedModel();
        var optimizer = new Adam();
        var other = new Adam();
        for (int step = 0; step < 4; step++)
        {
            optimizer.ClipAndStep(model);
            other.ClipAndStep(same);
            model.Turn();
        }

        Assert.Equal(same.Weights("a"), model.Weights("a"));
        Assert.Equal(same.Weights("b"), model.Weights("b"));
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        Assert.Equal("LearningRate", Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(-1)).ParamName);
        Assert.Equal("Beta1", Assert.Throws<ArgumentOutOfRangeException>(() => new Adam { Beta1 = 1 }).ParamName);
        Assert.Equal("Epsilon", Assert.Throws<ArgumentOutOfRangeException>(() => new RmsProp { Epsilon = double.NaN }).ParamName);
        Assert.Equal("Momentum",
            Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd { Momentum = double.PositiveInfinity }).ParamName);
        Assert.Throws<InvalidOperationException>(() => new Sgd { Nesterov = true }.ClipAndStep(new SmallModel<double>([1]) { DW = [1] }));
        Assert.Throws<ArgumentNullException>(() => new Sgd().ClipAndStep<IClippable>(null!));
    }

    [ClipGradNorm(1.0, NonFinite = NonFinitePolicy.Zero)]
    private sealed partial class ZeroModel
    {
        [Parameter(Gradient = nameof(DW))] public double[] W { get; } = [1, 2];

        public double[] DW { get; set; } = [];
    }

    [ClipGradNorm(1.0, NonFinite = NonFinitePolicy.Leave)]
    private sealed partial class LeaveModel
    {
        [Parameter(Gradient = nameof(_dW))] private readonly double[] _w = [1, 2];
        private double[] _dW = [];

        public double[] W => _w;

        public double[] DW
        {
            get => _dW;
            set => _dW = value;
        }
    }

    [ClipGradNorm(1.0, NonFinite = NonFinitePolicy.Propagate)]
    private sealed partial class PropagateModel
    {
        [Parameter(Gradient = nameof(DW))] public double[] W { get; } = [1, 2];

        public double[] DW { get; set; } = [];
    }

    [ClipGradNorm(1.0)]
    private sealed partial class TiedModel
    {
        [Parameter(Gradient = nameof(_dEncoder))] private readonly double[] _encoder = [1, 1];
        private readonly double[] _dEncoder = [3, 4];
        [Parameter(Gradient = nameof(_dDecoder))] private readonly double[] _decoder;
        private readonly double[] _dDecoder;

        public TiedModel() => (_decoder, _dDecoder) = (_encoder, _dEncoder);

        public double[] W => _decoder;
    }

    [ClipGradNorm(1.0)]
    private sealed partial class TwoGradients
    {
        [Parameter(Gradient = nameof(_dEncoder))] private readonly double[] _encoder = [1, 1];
        private readonly double[] _dEncoder = [3, 4];
        [Parameter(Gradient = nameof(_dDecoder))] private readonly double[] _decoder;
        private readonly double[] _dDecoder = [1, 2];

        public TwoGradients() => _decoder = _encoder;

        public double[] W => _decoder;
    }

    [ClipGradNorm(1.0)]
    private sealed partial class PartlyDeclared
    {
        [Parameter(Gradient = nameof(_dW))] private readonly double[] _w = [1];
        private readonly double[] _dW = [1];
#pragma warning disable CLIP017 // What the step says is what is tested.
        [Gradient] private readonly double[] _dB = [1];
#pragma warning restore CLIP017

        public double[] W => _w;
    }

    [ClipGradNorm(1.0)]
    private sealed partial class KeyedModel
    {
        [Parameter(Gradient = nameof(_gradients))]
        private readonly Dictionary<string, float[]> _weights = new() { ["a"] = [1], ["b"] = [2] };
        private Dictionary<string, float[]> _gradients = new() { ["a"] = [0.1f], ["b"] = [-0.7f] };

        public float[] Weights(string key) => _weights[key];

        public void Turn() => _gradients = _gradients.Reverse().ToDictionary();
    }
}

using System.Globalization;
using ClipGen.Torch.Stepping;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests.Stepping;

/// <summary>
/// Two optimizers over equal parameters, with equal options and equal gradients in every step. One runs TorchSharp's clip and step and is
/// the oracle.
/// </summary>
internal sealed class OptimizerPair : IDisposable
{
    internal const double MaxNorm = 2.0;

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Random _random;

    internal OptimizerPair(Random random, Kind kind, ScalarType type, bool isPlain = false)
    {
        _random = random;
        int groups = isPlain ? 1 : random.Next(1, 4);
        long[][] Shapes() => [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Shape())];
        long[][][] shapes = [.. Enumerable.Range(0, groups).Select(_ => Shapes())];
        Tensor[][] values = [.. shapes.Select(group => group.Select(shape => randn(shape, type)).ToArray())];
        Options[] options = [.. shapes.Select(_ => isPlain ? new Options() : Options.Random(random, kind))];
        Expected = Create(kind, values, options);
        Actual = Create(kind, values, options);
        Description = string.Create(CultureInfo.InvariantCulture, $"{kind}, {type}: {string.Join("; ", options)}");
    }

    internal enum Kind
    {
        Sgd,
        RmsProp,
        Adam,
        AdamW,
    }

    internal OptimizerHelper Expected { get; private set; }

    internal OptimizerHelper Actual { get; private set; }

    internal string Description { get; }

    internal Parameter[] ExpectedParameters => [.. Expected.parameters()];

    internal Parameter[] ActualParameters => [.. Actual.parameters()];

    public void Dispose()
    {
        Expected.Dispose();
        Actual.Dispose();
        _scope.Dispose();
    }

    /// <summary>Gives both the same gradients, some of which are null.</summary>
    internal void SetGradients(double scale = 1, double nulls = 0.1)
    {
        foreach ((Parameter expected, Parameter actual) in ExpectedParameters.Zip(ActualParameters))
        {
            using DisposeScope scope = NewDisposeScope();
            bool isNull = _random.NextDouble() < nulls;
            Tensor gradient = randn(expected.shape, expected.dtype) * scale;
            expected.grad = isNull ? null : gradient;
            actual.grad = isNull ? null : gradient.clone();
        }
    }

    /// <summary>Runs TorchSharp's clip and step.</summary>
    internal void StepExpected()
    {
        using DisposeScope scope = NewDisposeScope();
        nn.utils.clip_grad_norm_(ExpectedParameters.Where(parameter => parameter.grad is not null), MaxNorm);
        Expected.step();
    }

    /// <summary>Runs the fused clip and step.</summary>
    internal ClipResult StepActual(bool zeroGradients = false)
    {
        Assert.True(IsFused(Actual));
        return Actual.ClipAndStep(MaxNorm, epsilon: 1e-6, zeroGradients: zeroGradients);
    }

    /// <summary>Returns true if the step of the optimizer is fused.</summary>
    internal static bool IsFused(optim.Optimizer optimizer)
    {
        var parameters = SteppedParameters.Rent(optimizer);
        var step = FusedStep.TryRent(optimizer, parameters);
        step?.Return();
        parameters.Return();
        return step is not null;
    }

    /// <summary>Compares parameters and states.</summary>
    internal void AssertEqual(double tolerance)
    {
        foreach ((Parameter expected, Parameter actual) in ExpectedParameters.Zip(ActualParameters))
            AssertEqual(expected, actual, tolerance);
        var expectedStates = Expected.state_dict().State;
        var actualStates = Actual.state_dict().State;
        for (int i = 0; i < expectedStates.Count; i++)
        {
            (long expectedStep, Tensor?[] expectedTensors) = Parts(expectedStates[i]);
            (long actualStep, Tensor?[] actualTensors) = Parts(actualStates[i]);
            Assert.Equal(expectedStep, actualStep);
            for (int j = 0; j < expectedTensors.Length; j++)
            {
                Assert.Equal(expectedTensors[j] is null, actualTensors[j] is null);
                if (expectedTensors[j] is { } tensor)
                    AssertEqual(tensor, actualTensors[j]!, tolerance);
            }
        }
    }

    private void AssertEqual(Tensor expected, Tensor actual, double tolerance)
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal(expected.shape, actual.shape);
        Assert.Equal(expected.dtype, actual.dtype);
        if (expected.numel() == 0)
            return;
        Tensor wide = expected.detach().to(ScalarType.Float64);
        double difference = ((actual.detach().to(ScalarType.Float64) - wide).abs() / (wide.abs() + 1)).max().ToDouble();
        Assert.True(difference <= tolerance, $"{difference} in {Description}");
    }

    /// <summary>Returns the step count and the tensors of a state.</summary>
    internal static (long Step, Tensor?[] Tensors) Parts(OptimizerState state) => state switch
    {
        SGD.State sgd => (0, [sgd.momentum_buffer]),
        RMSProp.State prop => (prop.step, [prop.square_avg, prop.momentum_buffer, prop.grad_avg]),
        Adam.State adam => (adam.step, [adam.exp_avg, adam.exp_avg_sq, adam.max_exp_avg_sq]),
        AdamW.State adam => (adam.step, [adam.exp_avg, adam.exp_avg_sq, adam.max_exp_avg_sq]),
        _ => throw new ArgumentException("Another optimizer.", nameof(state)),
    };

    private static OptimizerHelper Create(Kind kind, Tensor[][] values, Options[] options)
    {
        Parameter[][] parameters = [.. values.Select(group => group.Select(value => new Parameter(value.clone())).ToArray())];
        return kind switch
        {
            Kind.Sgd => new SGD(
                parameters.Zip(options, (group, o) => new SGD.ParamGroup(
                    group,
                    o.Rate,
                    o.Momentum,
                    o.IsNesterov ? 0 : o.Dampening,
                    o.IsMaximized ? 0 : o.Decay,
                    o.IsNesterov && o.Momentum > 0,
                    o.IsMaximized)),
                0.1),
            Kind.RmsProp => new RMSProp(parameters.Zip(options, (group, o) =>
            {
                var result = new RMSProp.ParamGroup(group, o.Rate / 10, 1e-8, 0.9, o.Decay, o.Momentum, o.IsCentered);
                result.Options.maximize = o.IsMaximized;
                return result;
            })),
            Kind.Adam => new Adam(parameters.Zip(options, (group, o) => new Adam.ParamGroup(group, new Adam.Options
            {
                LearningRate = o.Rate / 10,
                beta1 = o.Beta1,
                beta2 = 0.99,
                eps = 1e-8,
                weight_decay = o.Decay,
                amsgrad = o.IsCentered,
                maximize = o.IsMaximized,
            }))),
            _ => new AdamW(parameters.Zip(options, (group, o) => new AdamW.ParamGroup(group, new AdamW.Options
            {
                LearningRate = o.Rate / 10,
                beta1 = o.Beta1,
                beta2 = 0.99,
                eps = 1e-8,
                weight_decay = o.Decay,
                amsgrad = o.IsCentered,
                maximize = o.IsMaximized,
            }))),
        };
    }

    private long[] Shape() => _random.Next(5) switch
    {
        0 => [_random.Next(1, 40)],
        1 => [_random.Next(1, 9), _random.Next(1, 40)],
        2 => [_random.Next(1, 4), _random.Next(1, 4), 3, 3],
        3 => [_random.Next(200, 1100)],
        _ => [1],
    };

    /// <summary>The options of a group, for all kinds of optimizers. An optimizer without an option uses the most similar one.</summary>
    internal sealed record Options
    {
        internal double Rate { get; init; } = 0.01;

        internal double Momentum { get; init; }

        internal double Dampening { get; init; }

        internal double Decay { get; init; }

        internal double Beta1 { get; init; } = 0.9;

        internal bool IsNesterov { get; init; }

        internal bool IsMaximized { get; init; }

        internal bool IsCentered { get; init; }

        internal static Options Random(Random random, Kind kind) => new()
        {
            Rate = random.Next(2) == 0 ? 0.05 : 0.01,
            Momentum = random.Next(2) == 0 ? 0 : kind == Kind.RmsProp ? 0.5 : 0.9,
            Dampening = random.Next(2) == 0 ? 0 : 0.25,
            Decay = random.Next(2) == 0 ? 0 : 0.01,
            Beta1 = random.Next(2) == 0 ? 0.9 : 0,
            IsNesterov = random.Next(2) == 0,
            IsMaximized = random.Next(3) == 0,
            IsCentered = random.Next(2) == 0,
        };
    }
}

using System.Reflection;
using ClipGen.Mpi.Ranks;
using ClipGen.Numerics;
using ClipGen.Optimizers;

namespace ClipGen.Mpi.Tests;

/// <summary>If the settings of ranks differ, every rank throws, with a message that names the setting.</summary>
public sealed class SharedTermsTests
{
    private static readonly Dictionary<string, (ClipRule First, ClipRule Second, string Message)> Rules = new()
    {
        ["limit"] = (ClipRule.Norm(1), ClipRule.Norm(2), "[ClipGradNorm] MaxNorm = 1 where rank 1 has [ClipGradNorm] MaxNorm = 2."),
        ["order"] = (ClipRule.Norm(1), ClipRule.Norm(1, normType: 1), "[ClipGradNorm] NormType = 2"),
        ["scope"] = (ClipRule.Norm(1), ClipRule.Norm(1, scope: ClipScope.PerParameter), "[ClipGradNorm] Scope = Global"),
        ["epsilon"] = (ClipRule.Norm(1), ClipRule.Norm(1, epsilon: 1e-6), "[ClipGradNorm] Epsilon = 0"),
        ["policy"] = (ClipRule.Norm(1), ClipRule.Norm(1, nonFinite: NonFinitePolicy.Zero), "[ClipGradNorm] NonFinite = Throw"),
        ["group"] = (ClipRule.Norm(1), ClipRule.Norm(1, group: "x"), "[ClipGradNorm] NonFinite = Throw where rank 1 has [ClipGradNorm(G"),
        ["by value"] = (ClipRule.Value(1), ClipRule.Value(2), "[ClipGradValue] ClipValue = 1"),
        ["kind"] = (ClipRule.AutoClip(10), ClipRule.ZClip(10), "[AutoClip] NonFinite = Throw where rank 1 has [ZClip]"),
        ["percentile"] = (ClipRule.AutoClip(10), ClipRule.AutoClip(20), "[AutoClip] Percentile = 10"),
        ["auto max"] = (ClipRule.AutoClip(10), ClipRule.AutoClip(10, maxNorm: 3), "[AutoClip] MaxNorm = Infinity"),
        ["auto warm-up"] = (ClipRule.AutoClip(10), ClipRule.AutoClip(10, warmUpSteps: 3), "[AutoClip] WarmUpSteps = 0"),
        ["threshold"] = (ClipRule.ZClip(2), ClipRule.ZClip(3), "[ZClip] Threshold = 2"),
        ["z max"] = (ClipRule.ZClip(2, maxNorm: 1), ClipRule.ZClip(2, maxNorm: 3), "[ZClip] MaxNorm = 1"),
        ["z warm-up"] = (ClipRule.ZClip(2), ClipRule.ZClip(2, warmUpSteps: 3), "[ZClip] WarmUpSteps = 25"),
        ["share"] = (ClipRule.AdaptiveClip(0.01), ClipRule.AdaptiveClip(0.02), "[AdaptiveClip] Ratio = 0.01"),
        ["agc max"] = (ClipRule.AdaptiveClip(1, maxNorm: 1), ClipRule.AdaptiveClip(1), "[AdaptiveClip] MaxNorm = 1"),
        ["agc warm-up"] = (ClipRule.AdaptiveClip(1), ClipRule.AdaptiveClip(1, warmUpSteps: 3), "[AdaptiveClip] WarmUpSteps = 0"),
        ["ratio"] = (ClipRule.AdaGC(1.05), ClipRule.AdaGC(1.1), "[AdaGC] Ratio = 1.05"),
        ["adagc max"] = (ClipRule.AdaGC(1.05), ClipRule.AdaGC(1.05, maxNorm: 1), "[AdaGC] MaxNorm = Infinity"),
        ["adagc warm-up"] = (ClipRule.AdaGC(1.05), ClipRule.AdaGC(1.05, warmUpSteps: 3), "[AdaGC] WarmUpSteps = 100"),
        ["adagc policy"] = (ClipRule.AdaGC(1.05), ClipRule.AdaGC(1.05, nonFinite: NonFinitePolicy.Leave), "[AdaGC] NonFinite = Throw"),
    };

    public static TheoryData<string> RuleNames => [.. Rules.Keys];

    /// <summary>The arguments of all rules. The member is not shared: it only names a limit in a report.</summary>
    public static TheoryData<string, string> Arguments => new(
        from rule in typeof(ClipRule).GetMethods(BindingFlags.Public | BindingFlags.Static)
        where rule.ReturnType == typeof(ClipRule)
        from parameter in rule.GetParameters()
        where parameter.Name != "member"
        select (rule.Name, parameter.Name!));

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void Limits(string name)
    {
        (ClipRule first, ClipRule second, string message) = Rules[name];
        Refuse("ClipSharded", message, exchange => exchange.ClipSharded(Create(exchange, first, second)));
        Refuse("ClipAndStepSharded", message, exchange => exchange.ClipAndStepSharded(new Sgd(1), Create(exchange, first, second)));
        Refuse("ClipAndStep", message, exchange => exchange.ClipAndStep(new Sgd(1), Create(exchange, first, second)));
    }

    [Theory]
    [MemberData(nameof(Arguments))]
    public void Every_argument_of_a_rule(string rule, string argument)
    {
        ClipRule first = Create(rule, other: null);
        ClipRule second = Create(rule, argument);
        Refuse("ClipSharded", "where rank 1 has", exchange => exchange.ClipSharded(Create(exchange, first, second)));
    }

    [Fact]
    public void One_more_limit() => Refuse(
        "ClipSharded",
        "Rank 0 has no further setting where rank 1 has [ZClip(Group = \"x\")] NonFinite = Throw.",
        exchange => exchange.ClipSharded(
            new AnyModel(exchange.Rank == 0 ? [ClipRule.Norm(1)] : [ClipRule.Norm(1), ClipRule.ZClip(2, group: "x")])));

    [Fact]
    public void Limits_by_the_call()
    {
        Refuse(
            "ClipSharded",
            "[ClipGradNorm] MaxNorm = 3",
            exchange => exchange.ClipSharded(new AnyModel([ClipRule.Norm(1)]), exchange.Rank == 0 ? 3 : 4));
        Refuse(
            "ClipAndStep",
            "[ClipGradNorm] MaxNorm = 3",
            exchange => exchange.ClipAndStep(new Sgd(1), new AnyModel([ClipRule.Norm(1)]), exchange.Rank == 0 ? 3 : 4));
        Refuse(
            "ClipAndStepSharded",
            "[AutoClip] Percentile = 10",
            exchange => exchange.ClipAndStepSharded(
                new Sgd(1), new AnyModel([ClipRule.Norm(1)]), new AutoClipLimit(exchange.Rank == 0 ? 10 : 11)));
    }

    [Fact]
    public void Loss_scales()
    {
        Refuse("LossScaler Scale = 8 where rank 1 has LossScaler Scale = 16.", rank => new LossScaler(rank == 0 ? 8 : 16));
        Refuse("LossScaler GrowthInterval = 5", rank => new LossScaler(8) { GrowthInterval = rank == 0 ? 5 : 6 });
        Refuse("LossScaler GoodSteps = 0 where rank 1 has LossScaler GoodSteps = 1.", rank =>
        {
            var scaler = new LossScaler(8);
            if (rank == 1)
                scaler.Update(gradientsWereFinite: true);
            return scaler;
        });
    }

    [Theory]
    [InlineData(nameof(Sgd.LearningRate), "Sgd learning_rate = 1")]
    [InlineData(nameof(Sgd.WeightDecay), "Sgd weight_decay = 0")]
    [InlineData(nameof(Sgd.ZeroGradients), "Sgd ZeroGradients = false")]
    [InlineData("other", "Sgd learning_rate = 1 where rank 1 has AdamW learning_rate = 1.")]
    [InlineData("steps", "Sgd steps so far = 0 where rank 1 has Sgd steps so far = 1.")]
    public void Optimizers_of_ranks_that_step_the_same_parameters(string setting, string message) => Refuse(
        "ClipAndStep",
        message,
        exchange =>
        {
            var model = new AnyModel([ClipRule.Norm(1)]);
            var optimizer = new Sgd(1);
            if (exchange.Rank == 0)
                return exchange.ClipAndStep(optimizer, model);
            switch (setting)
            {
                case nameof(Sgd.LearningRate):
                    optimizer.LearningRate = 2;
                    break;
                case nameof(Sgd.WeightDecay):
                    optimizer.WeightDecay = 2;
                    break;
                case nameof(Sgd.ZeroGradients):
                    optimizer.ZeroGradients = true;
                    break;
                case "steps":
                    optimizer.Step(model);
                    break;
                default:
                    return exchange.ClipAndStep(new AdamW(1), model);
            }

            return exchange.ClipAndStep(optimizer, model);
        });

    [Theory]
    [InlineData("auto", "[AutoClip] steps so far = 0 where rank 1 has [AutoClip] steps so far = 1.")]
    [InlineData("z", "[ZClip] steps so far = 0")]
    [InlineData("agc", "[AdaptiveClip] steps so far = 0")]
    [InlineData("adagc", "[AdaGC] steps so far = 0")]
    public void What_limits_have_learned(string limit, string message)
    {
        Refuse("ClipSharded", message, exchange => exchange.ClipSharded(Learned(limit, exchange.Rank == 0 ? [] : [1])));
        Refuse("ClipAndStep", message, exchange => exchange.ClipAndStep(new Sgd(1), Learned(limit, exchange.Rank == 0 ? [] : [1])));
    }

    [Theory]
    [InlineData("auto", "[AutoClip] limit so far = 1 where")]
    [InlineData("z", "[ZClip] mean so far = 1 where")]
    public void What_limits_have_learned_in_as_many_steps(string limit, string message) => Refuse(
        "ClipSharded", message, exchange => exchange.ClipSharded(Learned(limit, exchange.Rank == 0 ? [1] : [2])));

    // The models have already clipped gradients.
    private static IClippable Learned(string limit, double[] norms)
    {
        float[] gradient = [0];
        IClippable model = LimitModels.All[limit]([[1]], [gradient]);
        foreach (double norm in norms)
        {
            gradient[0] = (float)norm;
            model.ClipGradients();
        }

        gradient[0] = 1;
        return model;
    }

    // A rule with default arguments. One of them may have another value.
    private static ClipRule Create(string rule, string? other)
    {
        MethodInfo method = typeof(ClipRule).GetMethod(rule)!;
        return (ClipRule)method.Invoke(null, [.. method.GetParameters().Select(parameter => ValueOf(parameter, parameter.Name == other))])!;
    }

    private static object? ValueOf(ParameterInfo parameter, bool isOther)
    {
        object? value = parameter.HasDefaultValue ? parameter.DefaultValue : 3.0;
        if (!isOther)
            return value;
        Type type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        return type == typeof(int) ? (int)value! + 1
            : type == typeof(double) ? 1.0
            : type == typeof(string) ? "x"
            : Enum.ToObject(type, 1);
    }

    private static AnyModel Create(IGradientExchange exchange, ClipRule first, ClipRule second) =>
        new([exchange.Rank == 0 ? first : second]);

    private static void Refuse(string message, Func<int, LossScaler> scaler)
    {
        Refuse("ClipSharded", message, exchange => exchange.ClipSharded(new AnyModel([ClipRule.AutoClip(10)]), scaler(exchange.Rank)));
        Refuse("ClipAndStepSharded", message, exchange => exchange.ClipAndStepSharded(
            new Sgd(1), new AnyModel([ClipRule.AutoClip(10)]), scaler(exchange.Rank)));
        Refuse("ClipAndStep", message, exchange => exchange.ClipAndStep(
            new Sgd(1), new AnyModel([ClipRule.AutoClip(10)]), scaler(exchange.Rank)));
    }

    private static void Refuse(string call, string message, Func<IGradientExchange, ClipResult> clip)
    {
        string[] messages = Threads.Run(2, exchange => Assert.Throws<InvalidOperationException>(() => clip(exchange)).Message);

        Assert.All(messages, text => Assert.Contains($"All of them call {call}. Rank 0 has ", text, StringComparison.Ordinal));
        Assert.All(messages, text => Assert.Contains(message, text, StringComparison.Ordinal));
    }

    /// <summary>A model like generated code, with any limits.</summary>
    private sealed class AnyModel(ClipRule[] rules) : IClipModel, IClippable, IGradientSource
    {
        private readonly float[] _weight = [3, 4];
        private readonly float[] _gradient = [6, 8];

        public ClipResult ClipGradients() => throw new NotSupportedException();

        public ReadOnlySpan<ClipRule> GetClipRules() => rules;

        public void Run<TOperation>(ref TOperation operation)
            where TOperation : struct, IModelOperation => operation.Run(this, rules, isUntied: false);

        public void VisitGradients<TVisitor>(ref TVisitor visitor)
            where TVisitor : struct, IGradientVisitor => visitor.Visit("_gradient", _gradient.AsSpan(), _weight.AsSpan());
    }
}

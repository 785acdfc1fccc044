using System.Diagnostics.CodeAnalysis;
using ClipGen.Optimizers.Kernels;
using ClipGen.Optimizers.Stepping;

namespace ClipGen.Optimizers;

/// <summary>
/// RMSProp: <c>g += λp</c>; <c>v = αv + (1−α)g²</c>; <c>p −= lr·g / (√v + ε)</c>. Centered, with <c>a = αa + (1−α)g</c> and <c>√(v −
/// a²)</c>; with momentum, <c>b = μb + g/(√v + ε)</c> and <c>p −= lr·b</c>.
/// </summary>
/// <remarks>Source: T. Tieleman, G. Hinton, "Lecture 6.5: RMSProp", 2012; formulas as in PyTorch's <c>RMSprop</c>.</remarks>
/// <param name="learningRate">The learning rate; 1e-2 by default.</param>
public sealed class RmsProp(double learningRate = 1e-2) : Optimizer(learningRate)
{
    /// <summary>α, the decay of the mean of squared gradients: at least 0 and less than 1; 0.99 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Alpha
    {
        get;
        set => field = Option.Decay(value);
    }
    = 0.99;

    /// <summary>ε, a number added to the root of the mean of squared gradients: finite, 0 or greater; 1e-8 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Epsilon
    {
        get;
        set => field = Option.NotNegative(value);
    }
    = 1e-8;

    /// <summary>λ, the weight decay: finite, 0 or greater; 0 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double WeightDecay
    {
        get;
        set => field = Option.NotNegative(value);
    }

    /// <summary>μ, the momentum factor: finite, 0 or greater; 0 by default, for no momentum.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Momentum
    {
        get;
        set => field = Option.NotNegative(value);
    }

    /// <summary>Whether the step divides by the standard deviation of the gradients instead of the root of their mean square.</summary>
    public bool Centered { get; set; }

    /// <summary>Whether to maximize the objective: the sign of the gradient is flipped first.</summary>
    public bool Maximize { get; set; }

    private protected override string[] StateNames => Stepping.StateNames.RmsProp;

    private protected override void Run<TSource>(in StepPass<TSource> pass)
    {
        var rule = new Rule(new RmsPropStep(LearningRate, Alpha, Epsilon, WeightDecay, Momentum, Centered, Maximize));
        pass.Prepare(rule.States);
        pass.Run<Rule, RmsPropStep>(rule);
    }

    private protected override void ExchangeOptions(OptionList options)
    {
        Alpha = options.Exchange("alpha", Alpha);
        Epsilon = options.Exchange("epsilon", Epsilon);
        WeightDecay = options.Exchange("weight_decay", WeightDecay);
        Momentum = options.Exchange("momentum", Momentum);
        Centered = options.Exchange("centered", Centered);
        Maximize = options.Exchange("maximize", Maximize);
    }

    private readonly struct Rule(RmsPropStep usual) : IStepRule<RmsPropStep>
    {
        private readonly RmsPropStep _usual = usual;

        public int States => 0b1 | (_usual.Momentum > 0 ? 0b10 : 0) | (_usual.Centered ? 0b100 : 0);

        [UnscopedRef]
        public ref readonly RmsPropStep Usual => ref _usual;

        public bool IsUsual(SlotState slot, in ParameterOptions options) => options.AreUsual;

        public RmsPropStep For(SlotState slot, in ParameterOptions options) => _usual with
        {
            LearningRate = _usual.LearningRate * options.LearningRateScale,
            WeightDecay = options.WeightDecay ? _usual.WeightDecay : 0,
        };
    }
}

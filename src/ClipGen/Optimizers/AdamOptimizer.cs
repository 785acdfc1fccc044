using System.Diagnostics.CodeAnalysis;
using ClipGen.Optimizers.Kernels;
using ClipGen.Optimizers.Stepping;

namespace ClipGen.Optimizers;

/// <summary>The options of <see cref="Adam"/> and <see cref="AdamW"/>, which differ in how weight decay is applied.</summary>
public abstract class AdamOptimizer : Optimizer
{
    private protected AdamOptimizer(double learningRate, double weightDecay)
        : base(learningRate) => WeightDecay = weightDecay;

    /// <summary>β₁, the decay of the mean of gradients: at least 0 and less than 1; 0.9 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Beta1
    {
        get;
        set => field = Option.Decay(value);
    }
    = 0.9;

    /// <summary>β₂, the decay of the mean of squared gradients: at least 0 and less than 1; 0.999 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Beta2
    {
        get;
        set => field = Option.Decay(value);
    }
    = 0.999;

    /// <summary>ε, a number added to the root of the mean of squared gradients: finite, 0 or greater; 1e-8 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Epsilon
    {
        get;
        set => field = Option.NotNegative(value);
    }
    = 1e-8;

    /// <summary>λ, the weight decay: finite, 0 or greater.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double WeightDecay
    {
        get;
        set => field = Option.NotNegative(value);
    }

    /// <summary>
    /// Whether the step divides by the largest mean of squared gradients so far, as in AMSGrad (S. Reddi, S. Kale, S. Kumar, ICLR 2018).
    /// </summary>
    public bool AmsGrad { get; set; }

    /// <summary>Whether to maximize the objective: the sign of the gradient is flipped first.</summary>
    public bool Maximize { get; set; }

    private protected abstract bool IsDecoupled { get; }

    private protected sealed override string[] StateNames => Stepping.StateNames.Adam;

    private protected sealed override void Run<TSource>(in StepPass<TSource> pass)
    {
        pass.Prepare(AmsGrad ? 0b111 : 0b11);
        var step = new AdamStep(LearningRate, Beta1, Beta2, Epsilon, WeightDecay, IsDecoupled, AmsGrad, Maximize, pass.Step);
        pass.Run<Rule, AdamStep>(new Rule(step));
    }

    private protected sealed override void ExchangeOptions(OptionList options)
    {
        Beta1 = options.Exchange("beta1", Beta1);
        Beta2 = options.Exchange("beta2", Beta2);
        Epsilon = options.Exchange("epsilon", Epsilon);
        WeightDecay = options.Exchange("weight_decay", WeightDecay);
        AmsGrad = options.Exchange("amsgrad", AmsGrad);
        Maximize = options.Exchange("maximize", Maximize);
    }

    private readonly struct Rule(AdamStep usual) : IStepRule<AdamStep>
    {
        private readonly AdamStep _usual = usual;

        public int States => _usual.AmsGrad ? 0b111 : 0b11;

        [UnscopedRef]
        public ref readonly AdamStep Usual => ref _usual;

        public bool IsUsual(SlotState slot, in ParameterOptions options) => slot.Steps + 1 == _usual.Step && options.AreUsual;

        public AdamStep For(SlotState slot, in ParameterOptions options)
        {
            long number = slot.Steps + 1;
            double learningRate = _usual.LearningRate * options.LearningRateScale;
            double weightDecay = options.WeightDecay ? _usual.WeightDecay : 0;
            return number == _usual.Step
                ? _usual with { LearningRate = learningRate, WeightDecay = weightDecay }
                : new AdamStep(
                    learningRate, _usual.Beta1, _usual.Beta2, _usual.Epsilon, weightDecay, _usual.IsDecoupled, _usual.AmsGrad,
                    _usual.Maximize, number);
        }
    }
}

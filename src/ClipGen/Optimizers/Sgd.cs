using System.Diagnostics.CodeAnalysis;
using ClipGen.Optimizers.Kernels;
using ClipGen.Optimizers.Stepping;

namespace ClipGen.Optimizers;

/// <summary>
/// Gradient descent: <c>g += λp</c>; <c>b = g</c> in the first step, then <c>b = μb + (1−d)g</c>; with Nesterov <c>g + μb</c> instead of
/// <c>b</c>; <c>p −= lr·b</c>.
/// </summary>
/// <remarks>Formulas as in PyTorch's <c>SGD</c>.</remarks>
/// <param name="learningRate">The learning rate; 1e-3 by default.</param>
public sealed class Sgd(double learningRate = 1e-3) : Optimizer(learningRate)
{
    /// <summary>μ, the momentum factor: finite, 0 or greater; 0 by default, for no momentum.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Momentum
    {
        get;
        set => field = Option.NotNegative(value);
    }

    /// <summary>d, the dampening of the momentum: the share of the gradient that does not enter it; 0 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Dampening
    {
        get;
        set => field = Option.NotNegative(value);
    }

    /// <summary>λ, the weight decay: finite, 0 or greater; 0 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double WeightDecay
    {
        get;
        set => field = Option.NotNegative(value);
    }

    /// <summary>
    /// Whether to use Nesterov momentum. Requires a <see cref="Momentum"/> greater than 0 and a <see cref="Dampening"/> of 0.
    /// </summary>
    public bool Nesterov { get; set; }

    /// <summary>Whether to maximize the objective: the sign of the gradient is flipped first.</summary>
    public bool Maximize { get; set; }

    private protected override string[] StateNames => Stepping.StateNames.Sgd;

    private protected override void Run<TSource>(in StepPass<TSource> pass)
    {
        if (Nesterov && (Momentum == 0 || Dampening != 0))
            throw new InvalidOperationException("Nesterov requires a Momentum greater than 0 and a Dampening of 0. Nothing was changed.");
        var rule = new Rule(new SgdStep(LearningRate, Momentum, Dampening, WeightDecay, Nesterov, Maximize, IsFirst: false));
        pass.Prepare(rule.States);
        pass.Run<Rule, SgdStep>(rule);
    }

    private protected override void ExchangeOptions(OptionList options)
    {
        Momentum = options.Exchange("momentum", Momentum);
        Dampening = options.Exchange("dampening", Dampening);
        WeightDecay = options.Exchange("weight_decay", WeightDecay);
        Nesterov = options.Exchange("nesterov", Nesterov);
        Maximize = options.Exchange("maximize", Maximize);
    }

    private readonly struct Rule(SgdStep usual) : IStepRule<SgdStep>
    {
        private readonly SgdStep _usual = usual;

        public int States => _usual.Momentum == 0 ? 0 : 0b1;

        [UnscopedRef]
        public ref readonly SgdStep Usual => ref _usual;

        public bool IsUsual(SlotState slot, in ParameterOptions options) => (slot.Unwritten & 0b1) == 0 && options.AreUsual;

        public SgdStep For(SlotState slot, in ParameterOptions options) => _usual with
        {
            LearningRate = _usual.LearningRate * options.LearningRateScale,
            WeightDecay = options.WeightDecay ? _usual.WeightDecay : 0,
            IsFirst = (slot.Unwritten & 0b1) != 0,
        };
    }
}

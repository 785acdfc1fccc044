using System.Diagnostics.CodeAnalysis;
using ClipGen.Optimizers.Kernels;
using ClipGen.Optimizers.Stepping;

namespace ClipGen.Optimizers;

/// <summary>An optimizer with a custom update rule.</summary>
/// <typeparam name="TUpdate">The rule.</typeparam>
/// <param name="update">The rule, with its coefficients.</param>
/// <param name="learningRate">The learning rate.</param>
/// <example>
/// <code>
/// var optimizer = new Optimizer&lt;Lion&gt;(new Lion(0.9, 0.99), learningRate: 1e-4) { WeightDecay = 0.1 };
/// optimizer.ClipAndStep(model);
/// </code>
/// </example>
public sealed class Optimizer<TUpdate>(TUpdate update, double learningRate) : Optimizer(learningRate)
    where TUpdate : struct, IUpdate
{
    private readonly string[] _stateNames = ReadStateNames();

    /// <summary>The rule. Its coefficients are not saved with the state.</summary>
    public TUpdate Update { get; set; } = update;

    /// <summary>The weight decay that the rule receives: finite, 0 or greater; 0 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double WeightDecay
    {
        get;
        set => field = Option.NotNegative(value);
    }

    /// <summary>Whether to maximize the objective: the sign of the gradient is flipped first.</summary>
    public bool Maximize { get; set; }

    private protected override string[] StateNames => _stateNames;

    private protected override string KindName => typeof(TUpdate).Name;

    private protected override void Run<TSource>(in StepPass<TSource> pass)
    {
        int states = (1 << _stateNames.Length) - 1;
        pass.Prepare(states);
        pass.Run<Rule, CustomStep<TUpdate>>(
            new Rule(states, new CustomStep<TUpdate>(LearningRate, WeightDecay, Maximize, pass.Step, Update)));
    }

    private protected override void ExchangeOptions(OptionList options)
    {
        WeightDecay = options.Exchange("weight_decay", WeightDecay);
        Maximize = options.Exchange("maximize", Maximize);
    }

    private static string[] ReadStateNames()
    {
        string[] names = [.. TUpdate.StateNames];
        if (names.Length > IBufferStep.MostStates)
        {
            throw new NotSupportedException(
                $"'{typeof(TUpdate)}.{nameof(IUpdate.StateNames)}' has {names.Length} names. An update rule keeps at most "
                + $"{IBufferStep.MostStates} states.");
        }

        if (names.Distinct(StringComparer.Ordinal).Count() < names.Length || names.Any(string.IsNullOrEmpty))
            throw new NotSupportedException($"'{typeof(TUpdate)}.{nameof(IUpdate.StateNames)}' has an empty name, or the same name twice.");
        return names;
    }

    private readonly struct Rule(int states, CustomStep<TUpdate> usual) : IStepRule<CustomStep<TUpdate>>
    {
        private readonly CustomStep<TUpdate> _usual = usual;

        public int States => states;

        [UnscopedRef]
        public ref readonly CustomStep<TUpdate> Usual => ref _usual;

        public bool IsUsual(SlotState slot, in ParameterOptions options) => slot.Steps + 1 == _usual.Step && options.AreUsual;

        public CustomStep<TUpdate> For(SlotState slot, in ParameterOptions options) => _usual with
        {
            LearningRate = _usual.LearningRate * options.LearningRateScale,
            WeightDecay = options.WeightDecay ? _usual.WeightDecay : 0,
            Step = slot.Steps + 1,
        };
    }
}

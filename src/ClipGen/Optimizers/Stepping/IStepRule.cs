using ClipGen.Optimizers.Kernels;

namespace ClipGen.Optimizers.Stepping;

/// <summary>An optimizer with the options of one step.</summary>
internal interface IStepRule<TStep>
    where TStep : struct, IBufferStep
{
    /// <summary>The states that the optimizer keeps, as a bit mask.</summary>
    int States { get; }

    /// <summary>The step for one parameter.</summary>
    TStep For(SlotState slot, in ParameterOptions options);
}

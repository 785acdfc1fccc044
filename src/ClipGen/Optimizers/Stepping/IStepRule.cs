using System.Diagnostics.CodeAnalysis;
using ClipGen.Optimizers.Kernels;

namespace ClipGen.Optimizers.Stepping;

/// <summary>An optimizer with the options of one step.</summary>
internal interface IStepRule<TStep>
    where TStep : struct, IBufferStep
{
    /// <summary>The states that the optimizer keeps, as a bit mask.</summary>
    int States { get; }

    /// <summary>The step of most parameters. A reference, because a copy costs as much as updating two vectors.</summary>
    [UnscopedRef]
    ref readonly TStep Usual { get; }

    /// <summary>Whether the step of one parameter is <see cref="Usual"/>.</summary>
    bool IsUsual(SlotState slot, in ParameterOptions options);

    /// <summary>The step of any parameter.</summary>
    TStep For(SlotState slot, in ParameterOptions options);
}

using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Values;

/// <summary>A call or constructor that creates an optimizer.</summary>
/// <param name="Operation">The call.</param>
/// <param name="Parameters">The argument for the parameters that the optimizer updates; <see langword="null"/> if it is not
/// visible.</param>
/// <param name="Facts">The facts of the body that contains <paramref name="Parameters"/>; <see langword="null"/> for an
/// initializer.</param>
/// <param name="HintsAtClipping">Whether the arguments say that the optimizer clips itself.</param>
/// <param name="Map">The names that the caller has for the variables of the method that creates the optimizer; <see langword="null"/> if
/// there is no such method.</param>
internal sealed record OptimizerCreation(
    IOperation Operation, IOperation? Parameters, BodyFacts? Facts, bool HintsAtClipping, Func<Target, Target?>? Map);

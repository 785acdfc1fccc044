using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Values;

/// <summary>A call or constructor that makes an optimizer.</summary>
/// <param name="Operation">The call.</param>
/// <param name="Parameters">The argument for the parameters that the optimizer is to update; <see langword="null"/> if there is none in
/// sight.</param>
/// <param name="Facts">The facts of the body in which <paramref name="Parameters"/> stands; <see langword="null"/> for an
/// initializer.</param>
/// <param name="HintsAtClipping">Whether the arguments say that the optimizer clips on its own.</param>
/// <param name="Map">How the caller of the method that makes the optimizer names what is named there; <see langword="null"/> if there is no
/// such method.</param>
internal sealed record OptimizerCreation(
    IOperation Operation, IOperation? Parameters, BodyFacts? Facts, bool HintsAtClipping, Func<Target, Target?>? Map);

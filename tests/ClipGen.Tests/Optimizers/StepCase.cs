using ClipGen.Optimizers.Kernels;

namespace ClipGen.Tests.Optimizers;

/// <summary>Creates a step by its number, starting at 1.</summary>
internal delegate IBufferStep StepFactory(int step, bool maximize);

/// <summary>An optimizer with its options: the tested step, and the same step by <see cref="StepOracle"/>.</summary>
internal sealed record StepCase(string Name, StepFactory Create, Action<StepOracle, double> Expect)
{
    private static readonly bool[] OffAndOn = [false, true];

    /// <summary>Every combination of the options that select a kernel.</summary>
    internal static IReadOnlyList<StepCase> All { get; } = [.. Adams(), .. Sgds(), .. RmsProps(), LionCase()];

    private static IEnumerable<StepCase> Adams() =>
        from isDecoupled in OffAndOn
        from amsGrad in OffAndOn
        from decay in new[] { 0, 0.1 }
        select new StepCase(
            (isDecoupled ? "AdamW" : "Adam") + Option(decay > 0, "decay") + Option(amsGrad, "AMSGrad"),
            (step, maximize) => new AdamStep(0.02, 0.8, 0.95, 1e-6, decay, isDecoupled, amsGrad, maximize, step),
            (oracle, gradient) => oracle.Adam(gradient, 0.02, 0.8, 0.95, 1e-6, decay, isDecoupled, amsGrad));

    private static IEnumerable<StepCase> Sgds() =>
        from momentum in new[] { 0, 0.9 }
        from nesterov in OffAndOn
        from dampening in new[] { 0, 0.3 }
        from decay in new[] { 0, 0.1 }
        where !nesterov || (momentum > 0 && dampening == 0)
        where momentum > 0 || dampening == 0
        select new StepCase(
            "SGD" + Option(momentum > 0, "momentum") + Option(dampening > 0, "dampening")
                + Option(decay > 0, "decay") + Option(nesterov, "Nesterov"),
            (step, maximize) => new SgdStep(0.05, momentum, dampening, decay, nesterov, maximize, step == 1),
            (oracle, gradient) => oracle.Sgd(gradient, 0.05, momentum, dampening, decay, nesterov));

    private static IEnumerable<StepCase> RmsProps() =>
        from centered in OffAndOn
        from momentum in new[] { 0, 0.9 }
        from decay in new[] { 0, 0.1 }
        select new StepCase(
            "RMSProp" + Option(momentum > 0, "momentum") + Option(decay > 0, "decay") + Option(centered, "centered"),
            (_, maximize) => new RmsPropStep(0.02, 0.9, 1e-6, decay, momentum, centered, maximize),
            (oracle, gradient) => oracle.RmsProp(gradient, 0.02, 0.9, 1e-6, decay, momentum, centered));

    private static StepCase LionCase() => new(
        "Lion",
        (step, maximize) => new CustomStep<Lion>(0.02, 0.1, maximize, step, new Lion(0.9, 0.99)),
        (oracle, gradient) => oracle.Lion(gradient, 0.02, 0.9, 0.99, 0.1));

    private static string Option(bool isSet, string name) => isSet ? $", {name}" : "";

    /// <inheritdoc/>
    public override string ToString() => Name;
}

using ClipGen.Benchmarks.Contenders.Steps;

namespace ClipGen.Benchmarks.Measurement;

/// <summary>All contenders that step one model by one rule.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Result">The result.</param>
public sealed record StepCase(UpdateRule Rule, CaseResult Result);

/// <summary>All models by all rules.</summary>
/// <param name="InstructionSet">The widest instruction set that was used.</param>
/// <param name="Cases">The cases: for each rule and each model one for either owner of gradients.</param>
public sealed record StepReport(string InstructionSet, IReadOnlyList<StepCase> Cases)
{
    /// <summary>The tables. Each has one rule and one owner of gradients, and a case for each model.</summary>
    public IEnumerable<(UpdateRule Rule, GradientOwner Owner, CaseResult[] Cases)> Tables => Cases.GroupBy(
        each => (each.Rule, each.Result.Owner), (key, cases) => (key.Rule, key.Owner, cases.Select(each => each.Result).ToArray()));

    /// <summary>The title of a table.</summary>
    public string Describe(UpdateRule rule, GradientOwner owner) =>
        $"{UpdateOptions.Describe(rule)}, {RatioRun.Describe(owner)}, {InstructionSet}";
}

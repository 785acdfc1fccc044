namespace ClipGen.Benchmarks.Compiler.Stress;

/// <summary>Many methods that call each other.</summary>
internal static class CallShapes
{
    public static StressShape[] Of(TrainingForm form) =>
    [
        new("methods in a cycle", 5_000, n => form.Class(Repeat.Lines(n, i => Step(form, i, $"Step{(i + 1) % n}")))),
        new("methods in a chain", 5_000, n =>
            form.Class(Repeat.Lines(n, i => Step(form, i, $"Step{Math.Min(i + 1, n)}")) + Step(form, n, null))),
        new("bare calls in a chain", 5_000, n => form.Class(Repeat.Lines(n, i => Pass(form, i, $"Step{i + 1}")) + Step(form, n, null))),
        new("methods, each calls each", 200, n => form.Class(Repeat.Lines(n, i =>
            $"public static void Step{i}({form.Parameters}, int n) {{ "
            + $"{form.Training}\n{Repeat.Lines(n, j => $"Step{j}({form.Arguments}, n);")} }}"))),
        new("methods that call two others", 500, n => form.Class(Repeat.Lines(n, i =>
            $"public static void Step{i}({form.Parameters}, int n) {{ {form.Training}\n"
            + $"Step{((2 * i) + 1) % n}({form.Arguments}, n); Step{((2 * i) + 2) % n}({form.Arguments}, n); }}"))),
        new("callers of one method", 5_000, n => form.Class(Step(form, n, null) + Repeat.Lines(n, i => Step(form, i, $"Step{n}")))),
        new("calls in a method", 4_000, n => form.Class(Step(form, 0, null)
            + $"public static void Train({form.Parameters}, int n) {{ {Repeat.Lines(n, _ => $"Step0({form.Arguments}, n);")} }}")),
        new("parameters", 2_000, n => form.Class(
            $"public static void Step({form.Parameters}, {string.Join(", ", Enumerable.Range(0, n).Select(i => $"float grad{i}"))}) {{ "
            + $"{form.Training} }}\npublic static void Train({form.Parameters}) {{ Step({form.Arguments}, "
                + $"{string.Join(", ", Enumerable.Range(0, n))}); }}")),
        new("overloads", 1_000, n =>
            form.Class(Repeat.Lines(n, i => $"public static void Step({form.Parameters}, Kind{i} kind) {{ {form.Training} }}"))
            + Repeat.Lines(n, i => $"public sealed class Kind{i};")),
        new("properties that step", 2_000, n => form.Types + $$"""
            public sealed class Trainer({{form.Parameters}})
            {
            {{Repeat.Lines(n, i => $"public float Step{i} {{ get {{ {form.Training} return Step{(i + 1) % n}; }} }}")}}
            }
            """),
    ];

    private static string Step(TrainingForm form, int number, string? called) =>
        $"public static void Step{number}({form.Parameters}, int n) {{ {form.Training} "
        + $"{(called is null ? "" : $"{called}({form.Arguments}, n);")} }}";

    private static string Pass(TrainingForm form, int number, string called) =>
        $"public static void Step{number}({form.Parameters}, int n) => {called}({form.Arguments}, n);";
}

namespace ClipGen.Benchmarks.Compiler.Stress;

/// <summary>Many types, or types that derive from each other in a long chain.</summary>
internal static class TypeShapes
{
    public static StressShape[] Of(TrainingForm form) =>
    [
        new("overrides", 300, n => Abstract(form) + Loop(form, "Stepper") + Repeat.Lines(n, i =>
            $"public sealed class Stepper{i} : Stepper {{ public override void Step({form.Parameters}) {{ {form.Training} }} }}")),
        new("overrides and callers", 300, n => Abstract(form) + Repeat.Lines(n, i =>
            $"public sealed class Stepper{i} : Stepper {{ public override void Step({form.Parameters}) {{ {form.Training} }} }}\n"
            + $"public static class Trainer{i} {{ public static void Train(Stepper stepper, {form.Parameters}) {{ {form.Backward} "
                + $"stepper.Step({form.Arguments}); }} }}")),
        new("classes with an interface", 10_000, n => form.Types + Interface(form) + Loop(form, "IStepper") + Repeat.Lines(n, i =>
            $"public sealed class Stepper{i} : IStepper {{ public void Step({form.Parameters}) {{ {form.Training} }} }}")),
        new("interfaces of a class", 1_000, n =>
            form.Types + Repeat.Lines(n, i => $"public interface IStepper{i} {{ void Step({form.Parameters}); }}")
            + $"public sealed class Stepper : {string.Join(", ", Enumerable.Range(0, n).Select(i => $"IStepper{i}"))} {{ public void "
                + $"Step({form.Parameters}) {{ {form.Training} }} }}\n"
            + Loop(form, "IStepper0")),
        new("base classes", 1_000, n => Abstract(form) + Loop(form, "Stepper") + Repeat.Lines(n, i =>
            $"public class Stepper{i} : Stepper{(i == 0 ? "" : i - 1)} {{ public override void Step({form.Parameters}) {{ {form.Training} "
            + $"base.Step({form.Arguments}); }} }}")
            .Replace($"base.Step({form.Arguments}); }} }}\npublic class Stepper1 ", "} }\npublic class Stepper1 ",
                StringComparison.Ordinal)),
        new("type parameters", 300, n => form.Types
            + $"public static class Trainer<{string.Join(", ", Enumerable.Range(0, n).Select(i => $"T{i}"))}>\n"
            + Repeat.Lines(n - 1, i => $"where T{i} : T{i + 1}")
            + $"{{ public static void Step({form.Parameters}, T0 gradients) {{ {form.Training} }} }}\n"),
    ];

    private static string Abstract(TrainingForm form) =>
        form.Types + $"public abstract class Stepper {{ public abstract void Step({form.Parameters}); }}\n";

    private static string Interface(TrainingForm form) => $"public interface IStepper {{ void Step({form.Parameters}); }}\n";

    private static string Loop(TrainingForm form, string stepper) =>
        $"public static class Trainer {{ public static void Train({stepper} stepper, {form.Parameters}, int n) {{ for (int i = 0; i < n; "
        + $"i++) {{ {form.Backward} stepper.Step({form.Arguments}); }} }} }}\n";
}

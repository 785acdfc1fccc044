namespace ClipGen.Benchmarks.Compiler.Stress;

/// <summary>Methods with expressions that are long or deep.</summary>
internal static class ExpressionShapes
{
    public static StressShape[] Of(TrainingForm form) =>
    [
        new("terms of a sum", 5_000, n => form.Method($"total = 0\n{Repeat.Lines(n, i => $"+ values[{i % 8}] * gradScale")};")),
        new("concatenations", 20_000, n =>
            form.Method($"string step = \"\"\n{Repeat.Lines(n, i => $"+ \"grad{i % 100}\" + n")}; total += step.Length;")),
        new("parentheses", 400, n => form.Method($"total += {Repeat.Nested(n, _ => "(gradScale + ", "1", ")")};")),
        new("calls inside calls", 400, n => form.Method($"total += {Repeat.Nested(n, _ => "Math.Abs(", "gradScale", ")")};")),
        new("calls on each other", 400, n =>
            form.Method($"var step = new System.Text.StringBuilder();\nstep\n{Repeat.Lines(n, i => $".Append(\"grad{i}\")")};")),
        new("conditional expressions", 400, n => form.Method($"total += {Repeat.Nested(n, i => $"n == {i} ? gradScale : (", "1", ")")};")),
        new("arms of a switch expression", 5_000, n =>
            form.Method($"total += n switch {{ {Repeat.Lines(n, i => $"{i} => gradScale * {i},")} _ => 0 }};")),
        new("nested switch expressions", 300, n =>
            form.Method($"total += {Repeat.Nested(n, i => $"n switch {{ {i} => gradScale, _ => ", "1", "}")};")),
        new("elements of an array", 20_000, n =>
            form.Method($"float[] gradients = [\n{Repeat.Lines(n, i => $"gradScale * {i},")}]; total += gradients[0];")),
        new("lambdas", 500, n => form.Method(Repeat.Lines(n, i => $"Action step{i} = () => {{ {form.Training} }}; step{i}();"))),
        new("nested lambdas", 40, n => form.Method(Repeat.Nested(n, i => $"Action step{i} = () => {{ ", form.Training, " }; "))),
        new("local functions", 1_000, n =>
            form.Method(Repeat.Lines(n, i => $"void Step{i}() {{ {form.Training} Step{(i + 1) % n}(); }}") + "Step0();")),
        new("type arguments", 200, n =>
            form.Method($"{Repeat.Nested(n, _ => "List<", "float", ">")}? gradients = null; total += gradients?.Count ?? 0;")),
    ];
}

namespace ClipGen.Benchmarks.Compiler.Stress;

/// <summary>Methods with many statements, or with deeply nested ones.</summary>
internal static class StatementShapes
{
    public static StressShape[] Of(TrainingForm form)
    {
        string optimizers = form.Name == "by hand" ? "var model{0} = new Layer(); model{0}.Backward(values); model{0}.UpdateWeights(0.01f);"
            : "var optimizer{0} = optim.Adam(model.parameters()); loss.backward(); optimizer{0}.step();";
        return
        [
            new("lines in a method", 30_000, n => form.Method(Repeat.Lines(n, i => $"total += values[{i % 8}] * gradScale;"))),
            new("lines below the limit", 6_000, n => form.Method(Repeat.Lines(n, i => $"total += values[{i % 8}] * gradScale;"))),
            new("training steps in a method", 2_000, n =>
                form.Method(Repeat.Lines(n, i => i % 3 == 0 ? $"{form.Backward} {form.Clip} {form.Step}" : form.Training))),
            new("optimizers in a method", 1_000, n => form.Method(Repeat.Lines(n, i => string.Format(null, optimizers, i)))),
            new("chained loops", 4_000, n =>
                form.Method(Repeat.Lines(n, i => $"for (int i{i} = 0; i{i} < n; i{i}++) {{ {form.Training} }}"))),
            new("loops of plain code", 4_000, n =>
                form.Method(Repeat.Lines(n, i => $"for (int i{i} = 0; i{i} < n; i{i}++) total += values[i{i}];"))),
            new("nested loops", 400, n =>
                form.Method(Repeat.Nested(n, i => $"for (int i{i} = 0; i{i} < n; i{i}++) {{ ", form.Training, "}"))),
            new("nested try", 400, n => form.Method(Repeat.Nested(n, _ => "try { ", form.Training, "} catch (Exception) { total++; }"))),
            new("nested try and finally", 400, n =>
                form.Method(Repeat.Nested(n, _ => "try { ", form.Training, $"}} finally {{ {form.Clip} }}"))),
            new("nested if", 400, n => form.Method(Repeat.Nested(n, i => $"if (n > {i}) {{ {form.Backward} ", form.Step, "}"))),
            new("else-if", 2_000, n =>
                form.Method("if (n < 0) total++;\n" + Repeat.Lines(n, i => $"else if (n == {i}) {{ {form.Training} }}"))),
            new("sections of a switch", 2_000, n =>
                form.Method($"switch (n) {{ {Repeat.Lines(n, i => $"case {i}: {form.Training} break;")} }}")),
            new("nested switch", 400, n =>
                form.Method(Repeat.Nested(n, i => $"switch (n + {i}) {{ case {i}: total++; break; default: ", form.Training, " break; }"))),
            new("nested switch", 2_000, n =>
                form.Method(Repeat.Nested(n, i => $"switch (n + {i}) {{ case {i}: total++; break; default: ", form.Training, " break; }"))),
            new("goto", 2_000, n => form.Method(Repeat.Lines(
                n, i => $"L{i}: total++; if (n > {i}) goto L{i * 7919 % n}; if (n < -{i}) goto L{i * 104_729 % n}; "
                    + $"{(i % 10 == 0 ? form.Training : "")}"))),
            new("local variables", 2_000, n =>
                form.Method(Repeat.Lines(n, i => $"float grad{i} = values[{i}] * "
                    + $"{(i == 0 ? "gradScale" : $"grad{i - 1}")}; total += grad{i};"))),
            new("using statements", 400, n =>
                form.Method(Repeat.Lines(n, i => $"using var stream{i} = new System.IO.MemoryStream(); {form.Training}"))),
            new("yield and await", 1_000, n => form.Class($$"""
                public static async System.Collections.Generic.IAsyncEnumerable<float> Train({{form.Parameters}}, int n)
                {
                {{Repeat.Lines(n, _ => $"await System.Threading.Tasks.Task.Yield(); {form.Training} yield return values[0];")}}
                }
                """)),
        ];
    }
}

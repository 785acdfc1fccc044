using Test = ClipGen.Analyzers.Tests.FixTest<
    ClipGen.Analyzers.TrainingLoops.TrainingLoopAnalyzer, ClipGen.CodeFixes.TrainingLoops.InsertClipCodeFix>;

namespace ClipGen.Analyzers.Tests.TrainingLoops.Fixes;

/// <summary>The fix of CLIP101 for every kind of member, local function and lambda that can contain the step.</summary>
public sealed class InsertClipMemberTests
{
    private const string Clip = StepProgram.Clip;

    public static TheoryData<string, string, string> Members() => new()
    {
        {
            "method",
            "void Apply() => {|CLIP101:optimizer.step()|};",
            $$"""
            void Apply()
            {
                {{Clip}}
                optimizer.step();
            }
            """
        },
        {
            "generic method",
            "void Apply<T>() where T : class => {|CLIP101:optimizer.step()|};",
            $$"""
            void Apply<T>() where T : class
            {
                {{Clip}}
                optimizer.step();
            }
            """
        },
        {
            "method with a value",
            "Tensor? Apply() => {|CLIP101:Turn.step()|};",
            """
            Tensor? Apply()
            {
                var optimizer2 = Turn;
                torch.nn.utils.clip_grad_norm_(optimizer2.parameters(), 1.0);
                return optimizer2.step();
            }
            """
        },
    };

    // The tests declare the same members as local functions and as methods.
    [Theory]
    [MemberData(nameof(Members))]
    public Task Expression_bodied_local_functions(string shape, string source, string @fixed)
    {
        string call = shape == "generic method" ? "Apply<string>();" : "Apply();";
        string start = "void Train(Tensor x)\n{\n    Backward(x);\n    " + call + "\n\n";
        return Test.VerifyAsync(WithMember(source), WithMember(@fixed));

        string WithMember(string member) => StepProgram.Class(start + StepProgram.Indented(member, 4) + "\n}");
    }

    [Theory]
    [InlineData("Tensor? Last => Step(x => {|CLIP101:optimizer.step()|});",
        """
        Tensor? Last => Step(x =>
        {
            CLIP
            return optimizer.step();
        });
        """)]
    [InlineData(
        "Tensor? Last { get { Backward(zeros(1)); return {|CLIP101:optimizer.step()|}; } }",
        "Tensor? Last { get { Backward(zeros(1)); CLIP return optimizer.step(); } }")]
    public Task Members_of_other_kinds(string source, string @fixed)
    {
        const string Helper = "\nTensor? Step(Func<Tensor, Tensor?> step) { var x = zeros(1); Backward(x); return step(x); }";
        string unmarked = source.Replace("{|CLIP101:", "", StringComparison.Ordinal).Replace("|}", "", StringComparison.Ordinal);
        return source.Contains("Step(x", StringComparison.Ordinal)
            ? Test.VerifyNoFixAsync(StepProgram.Class(unmarked + Helper))
            : Test.VerifyAsync(StepProgram.Class(source), StepProgram.Class(@fixed.Replace("CLIP", Clip, StringComparison.Ordinal)));
    }

    [Fact]
    public Task Async_methods_and_lambdas() => Test.VerifyAsync(
        StepProgram.Class("""
            async Task TrainAsync(Tensor x)
            {
                await Task.Yield();
                Backward(x);
                await Task.Run(() => {|CLIP101:optimizer.step()|});
                Func<Task> again = async () =>
                {
                    await Task.Yield();
                    Backward(x);
                    {|CLIP101:(await FirstAsync()).step()|};
                };
                await again();
            }

            private async Task<optim.Optimizer> FirstAsync() { await Task.Yield(); return _all[0]; }
            """),
        StepProgram.Class($$"""
            async Task TrainAsync(Tensor x)
            {
                await Task.Yield();
                Backward(x);
                await Task.Run(() =>
                {
                    {{Clip}}
                    return optimizer.step();
                });
                Func<Task> again = async () =>
                {
                    await Task.Yield();
                    Backward(x);
                    var optimizer2 = (await FirstAsync());
                    torch.nn.utils.clip_grad_norm_(optimizer2.parameters(), 1.0);
                    optimizer2.step();
                };
                await again();
            }

            private async Task<optim.Optimizer> FirstAsync() { await Task.Yield(); return _all[0]; }
            """));

    [Fact]
    public Task A_limit_of_one_file_is_not_carried_to_a_file_with_another() => Test.VerifyFilesAsync(
        [StepProgram.Class(Limited("0.25") + Unlimited), Other(Limited("5.0") + Unlimited, "Second"), Other(Unlimited, "Third")],
        [
            StepProgram.Class(Limited("0.25") + Fixed("0.25")),
            Other(Limited("5.0") + Fixed("5.0"), "Second"),
            Other(Fixed("0.25"), "Third"),
        ],
        differentFixes: 2);

    private const string Unlimited =
        """

        void Train(Tensor x)
        {
            Backward(x);
            {|CLIP101:optimizer.step()|};
        }
        """;

    private static string Fixed(string limit) =>
        $$"""

        void Train(Tensor x)
        {
            Backward(x);
            torch.nn.utils.clip_grad_norm_(optimizer.parameters(), {{limit}});
            optimizer.step();
        }
        """;

    private static string Limited(string limit) =>
        $$"""
        void Clipped(Tensor x)
        {
            Backward(x);
            torch.nn.utils.clip_grad_norm_(optimizer.parameters(), {{limit}});
            optimizer.step();
        }

        """;

    private static string Other(string members, string name) =>
        StepProgram.Class(members).Replace("Trainer", name, StringComparison.Ordinal);
}

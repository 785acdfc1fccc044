using ClipGen.Analyzers.TrainingLoops;

namespace ClipGen.Analyzers.Tests.TrainingLoops;

/// <summary>Adds the code around a training loop, so that tests show only what differs.</summary>
internal static class LoopTest
{
    private const string Usings = """
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;
        using ClipGen;

        """;

    private const string Net = """

        sealed class Net : nn.Module<Tensor, Tensor>
        {
            public readonly Linear encoder = nn.Linear(4, 8);
            public readonly Linear head = nn.Linear(8, 1);
            public Net() : base("net") => RegisterComponents();
            public override Tensor forward(Tensor input) => head.forward(encoder.forward(input));
        }

        """;

    /// <summary>
    /// Verifies a whole file. <c>Net</c> and the using directives are added. With ClipGen's attributes, the same diagnostics must be
    /// reported.
    /// </summary>
    public static async Task FileAsync(string source, params (string Key, string Value)[] options)
    {
        Dictionary<string, string> values = options.ToDictionary(option => option.Key, option => option.Value);
        await AnalyzerHarness.VerifyAsync(Usings + source + Net, [new TrainingLoopAnalyzer()], values);
        await DeclaredProgram.VerifyAsync(Usings + source + Net, values);
    }

    /// <summary>Verifies the members of a class that has a network, an optimizer and batches in fields.</summary>
    public static Task MembersAsync(string members, params (string Key, string Value)[] options) =>
        FileAsync(
            $$"""
            class Trainer
            {
                private readonly Net _model = new();
                private readonly Net _other = new();
                private readonly optim.Optimizer _optimizer;
                private readonly List<(Tensor x, Tensor y)> _batches = new();
                private readonly float _clip = 1f;
                public Trainer() => _optimizer = optim.Adam(_model.parameters(), 1e-3);
                private Tensor Loss(Tensor x, Tensor y) => functional.mse_loss(_model.forward(x), y);
            {{members}}
            }
            """,
            options);

    /// <summary>Verifies the statements of a method that has a network, an optimizer and batches in locals and parameters.</summary>
    public static Task StatementsAsync(string statements, params (string Key, string Value)[] options) =>
        FileAsync(
            $$"""
            class Trainer
            {
                void Train(List<(Tensor x, Tensor y)> batches, int epochs, float clip)
                {
                    var model = new Net();
                    var optimizer = optim.Adam(model.parameters(), 1e-3);
            {{statements}}
                }
            }
            """,
            options);
}

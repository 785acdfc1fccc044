namespace ClipGen.Analyzers.Tests.TrainingLoops.Unclipped;

/// <summary>
/// Clips that the loop does not call by name: in event handlers, in delegates that a member holds, and at the end of a <c>using</c>.
/// </summary>
public sealed class CalledElsewhereTests
{
    [Theory]
    [InlineData("public event EventHandler? Ready;", "Ready?.Invoke(this, EventArgs.Empty);",
        "t.Ready += (s, a) => nn.utils.clip_grad_norm_(net.parameters(), 1.0);", false)]
    [InlineData("public event EventHandler? Ready;", "Ready?.Invoke(this, EventArgs.Empty);", "t.Ready += (s, a) => Console.WriteLine(s);",
        true)]
    [InlineData("public event EventHandler? Ready;", "Ready?.Invoke(this, EventArgs.Empty);",
        """
            t.Ready += OnReady;
            void OnReady(object? s, EventArgs a) => net.parameters().ToList().ForEach(p => p.grad!.clamp_(-1, 1));
            """, false)]
    [InlineData("public event Action? Ready;", "Ready?.Invoke();", "t.Ready += Handlers.Clip;", false)]
    [InlineData("public event Action? Ready;", "Ready?.Invoke();", "t.Ready += Handlers.Log;", true)]
    [InlineData("public event Action? Ready;", "if (Ready is not null) Ready();", "t.Ready += Handlers.Log; t.Ready += Handlers.Clip;",
        false)]
    [InlineData("public event Action? Ready;", "Ready?.Invoke();", "t.Ready -= Handlers.Clip;", true)]
    [InlineData("public Action? Ready { get; set; }", "Ready?.Invoke();",
        "t.Ready = () => nn.utils.clip_grad_value_(net.parameters(), 1.0);", false)]
    [InlineData("public Action? Ready;", "Ready?.Invoke();", "t.Ready = Handlers.Clip;", false)]
    [InlineData("public Action? Ready;", "Ready?.Invoke();", "t.Ready = Handlers.Log;", true)]
    [InlineData("public Action? Ready { get; init; }", "Ready?.Invoke();", "_ = new Loop(net, null!) { Ready = Handlers.Clip };", false)]
    public Task Events_and_functions_in_members(string member, string call, string use, bool isReported) => TorchTest.FileAsync($$"""
        sealed class Loop(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer)
        {
            {{member}}

            public void Run(IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    optimizer.zero_grad();
                    model.forward(x).mean().backward();
                    {{call}}
                    {{(isReported ? "{|CLIP101:optimizer.step()|}" : "optimizer.step()")}};
                }
            }
        }

        static class Handlers
        {
            public static nn.Module? Model;
            public static void Clip() => nn.utils.clip_grad_norm_(Model!.parameters(), 1.0);
            public static void Log() => Console.WriteLine("gradients");
        }

        static class Use
        {
            static void Connect(Loop t, nn.Module<Tensor, Tensor> net)
            {
                {{use}}
            }
        }
        """);

    [Theory]
    [InlineData("using (new ClipScope(m)) { m.forward(x).mean().backward(); }", false)]
    [InlineData("using (var scope = new ClipScope(m)) { m.forward(x).mean().backward(); }", false)]
    [InlineData("using (IDisposable scope = new ClipScope(m)) { m.forward(x).mean().backward(); }", false)]
    [InlineData("using (ClipScope.Begin(m)) { m.forward(x).mean().backward(); }", false)]
    [InlineData("{ using var scope = new ClipScope(m); m.forward(x).mean().backward(); }", false)]
    [InlineData("using (new ExplicitScope(m)) m.forward(x).mean().backward();", false)]
    [InlineData("using (new LogScope()) { m.forward(x).mean().backward(); }", true)]
    [InlineData("using (NewDisposeScope()) { m.forward(x).mean().backward(); }", true)]
    [InlineData("using ({|CLIP103:new ClipScope(m)|}) { Console.WriteLine(x); } m.forward(x).mean().backward();", true)]
    public Task End_of_a_using(string statements, bool isReported) => TorchTest.FileAsync($$"""
        sealed class ClipScope(nn.Module m) : IDisposable
        {
            public static IDisposable Begin(nn.Module m) => new ClipScope(m);
            public void Dispose() => nn.utils.clip_grad_norm_(m.parameters(), 1.0);
        }

        sealed class ExplicitScope(nn.Module m) : IDisposable
        {
            void IDisposable.Dispose() => nn.utils.clip_grad_norm_(m.parameters(), 1.0);
        }

        sealed class LogScope : IDisposable
        {
            public void Dispose() => Console.WriteLine("gradients");
        }

        static class Trainer
        {
            static void Run(nn.Module<Tensor, Tensor> m, optim.Optimizer o, IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    o.zero_grad();
                    {{statements}}
                    {{(isReported && !statements.Contains("Console", StringComparison.Ordinal) ? "{|CLIP101:o.step()|}" : "o.step()")}};
                }
            }
        }
        """);

    [Fact]
    public Task End_of_an_asynchronous_using() => TorchTest.FileAsync("""
        sealed class ClipScope(nn.Module m) : IAsyncDisposable
        {
            public ValueTask DisposeAsync()
            {
                nn.utils.clip_grad_norm_(m.parameters(), 1.0);
                return default;
            }
        }

        static class Trainer
        {
            static async Task Run(nn.Module<Tensor, Tensor> m, optim.Optimizer o, Tensor x)
            {
                o.zero_grad();
                await using (new ClipScope(m))
                    m.forward(x).mean().backward();
                o.step();
            }
        }
        """);
}

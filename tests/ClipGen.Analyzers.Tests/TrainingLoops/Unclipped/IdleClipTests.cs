namespace ClipGen.Analyzers.Tests.TrainingLoops.Unclipped;

/// <summary>A class that clips counts only if the program creates it: a hook that is never added limits nothing.</summary>
public sealed class IdleClipTests
{
    private const string Library = """
        class Value
        {
            public double Data, Grad;
            public void Backward() => Grad = 1;
        }

        abstract class Hook
        {
            public abstract void BeforeStep(List<Value> gradients);
        }

        class Decay : Hook
        {
            public override void BeforeStep(List<Value> gradients) { foreach (var p in gradients) p.Grad += 0.1 * p.Data; }
        }

        class ClipHook(double limit) : Hook
        {
            private const string Name = nameof(ClipHook);
            public static string Describe(Hook hook) => hook is ClipHook ? Name : "other";
            public override void BeforeStep(List<Value> gradients)
            {
                foreach (var p in gradients) p.Grad = Math.Clamp(p.Grad, -limit, limit);
            }
        }

        class Sgd(List<Value> parameters)
        {
            private readonly List<Hook> _hooks = new() { new Decay() };
            public void Add(Hook hook) => _hooks.Add(hook);

            public void Step()
            {
                foreach (var hook in _hooks) hook.BeforeStep(parameters);
                foreach (var p in parameters) p.Data -= 0.1 * p.Grad;
            }
        }


        """;

    [Theory]
    [InlineData("")]
    [InlineData("static bool IsClip(Hook hook) => hook is ClipHook;")]
    [InlineData("static ClipHook? Find(Hook hook) => hook as ClipHook;")]
    [InlineData("static string NameOf() => nameof(ClipHook);")]
    [InlineData("static string NameOf(Hook hook) => hook switch { ClipHook => \"clip\", _ => \"none\" };")]
    public Task Nothing_makes_the_hook(string member) => LoopTest.FileAsync(Library + $$"""
        class Trainer
        {
            {{member}}

            void Train(Sgd optimizer, Value loss)
            {
                for (int i = 0; i < 100; i++)
                {
                    loss.Backward();
                    {|CLIP101:optimizer.Step()|};
                }
            }
        }
        """);

    [Theory]
    [InlineData("void Add(Sgd optimizer) => optimizer.Add(new ClipHook(1));")]
    [InlineData("void Add(Sgd optimizer) { ClipHook hook = new(1); optimizer.Add(hook); }")]
    [InlineData("void Add(Sgd optimizer) => optimizer.Add((Hook)Activator.CreateInstance(typeof(ClipHook), 1.0)!);")]
    [InlineData("static T Make<T>() where T : Hook => throw new Exception(); void Add(Sgd optimizer) => optimizer.Add(Make<ClipHook>());")]
    [InlineData("class Mine() : ClipHook(2); void Add(Sgd optimizer) => optimizer.Add(new Mine());")]
    public Task Something_makes_the_hook(string member) => LoopTest.FileAsync(Library + $$"""
        class Trainer
        {
            {{member}}

            void Train(Sgd optimizer, Value loss)
            {
                for (int i = 0; i < 100; i++)
                {
                    loss.Backward();
                    optimizer.Step();
                }
            }
        }
        """);

    [Fact]
    public Task An_optimizer_that_clips_and_that_nothing_makes() => LoopTest.FileAsync(Library + """
        abstract class Optimizer(List<Value> parameters)
        {
            protected List<Value> Parameters { get; } = parameters;
            public abstract void Step();
        }

        class Plain(List<Value> parameters) : Optimizer(parameters)
        {
            public override void Step() { foreach (var p in Parameters) p.Data -= 0.1 * p.Grad; }
        }

        class Clipped(List<Value> parameters) : Optimizer(parameters)
        {
            public override void Step() { foreach (var p in Parameters) p.Data -= 0.1 * Math.Clamp(p.Grad, -1, 1); }
        }

        class Trainer
        {
            private readonly Optimizer _optimizer = new Plain(new());

            void Train(Value loss)
            {
                for (int i = 0; i < 100; i++)
                {
                    loss.Backward();
                    {|CLIP101:_optimizer.Step()|};
                }
            }
        }
        """);

    [Fact]
    public Task A_hook_of_which_the_only_classes_clip_is_left_to_others() => LoopTest.FileAsync("""
        public class Value
        {
            public double Data, Grad;
            public void Backward() => Grad = 1;
        }

        public interface IGradientHook { void BeforeStep(List<Value> gradients); }

        public sealed class ClipHook : IGradientHook
        {
            public void BeforeStep(List<Value> gradients) { foreach (var p in gradients) p.Grad = Math.Clamp(p.Grad, -1, 1); }
        }

        public class Trainer(IGradientHook hook)
        {
            public void Train(List<Value> parameters, Value loss)
            {
                for (int i = 0; i < 100; i++)
                {
                    loss.Backward();
                    hook.BeforeStep(parameters);
                    foreach (var p in parameters) p.Data -= 0.1 * p.Grad;
                }
            }
        }
        """);
}

namespace ClipGen.Analyzers.Tests.TrainingLoops;

/// <summary>Names that resemble training steps or clips and are neither.</summary>
public sealed class NotTrainingTests
{
    [Fact]
    public Task Steps_that_step_something_else() => LoopTest.FileAsync("""
        interface IScheduler { void step(); }

        sealed class Env { public float Step(int action) => 0; }

        sealed class Agent { public void Step() { } public void Update() { } }

        sealed class Cell { public Tensor Step(Tensor x, Tensor h) => x; }

        sealed class World { public void Step(float dt) { } public void Update() { } }

        sealed class WeightDecay { public void Update() { } }

        sealed class Node { public Node? Parent; public int Visits; public void Update(float value) { Visits++; Parent?.Update(value); } }

        static class Hlsl { public static float Step(float edge, float x) => x < edge ? 0 : 1; }

        sealed class Plot { public void Update() { } public void Step() { } }

        sealed class Trainer
        {
            void Train(Net model, Env env, Agent agent, Cell cell, World world,
                WeightDecay weightDecay, Node node, Plot plot, IScheduler custom, Tensor x)
            {
                var optimizer = optim.Adam(model.parameters());
                var scheduler = optim.lr_scheduler.StepLR(optimizer, 10);
                for (int i = 0; i < 10; i++)
                {
                    optimizer.zero_grad();
                    model.forward(cell.Step(x, x)).mean().backward();
                    env.Step(i);
                    agent.Step();
                    agent.Update();
                    world.Step(0.1f);
                    world.Update();
                    weightDecay.Update();
                    node.Update(1);
                    plot.Update();
                    plot.Step();
                    custom.step();
                    scheduler.step();
                    var edge = Hlsl.Step(0.5f, i);
                    nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                    optimizer.step();
                    scheduler.step();
                }
            }
        }
        """);

    [Fact]
    public Task Clips_that_clip_something_else() => LoopTest.FileAsync("""
        sealed class Image { public Image Clip(int width) => this; }

        sealed class Trainer
        {
            private const float ClipEpsilon = 0.2f;

            void Train(Net policy, Image image, Tensor x, Tensor old, Tensor advantage)
            {
                var optimizer = optim.Adam(policy.parameters());
                for (int i = 0; i < 10; i++)
                {
                    optimizer.zero_grad();
                    var ratio = torch.exp(policy.forward(x) - old);
                    var clipped = torch.clamp(ratio, 1 - ClipEpsilon, 1 + ClipEpsilon) * advantage;
                    var loss = -torch.min(ratio * advantage, clipped).mean();
                    loss.backward();
                    image.Clip(10);
                    loss.clamp_(-1, 1);
                    {|CLIP101:optimizer.step()|};
                }
            }
        }
        """);

    [Fact]
    public Task Code_without_any_training() => LoopTest.FileAsync("""
        sealed class Simulation
        {
            private readonly float[] _weights = new float[4];
            public void Step(float dt) { for (int i = 0; i < _weights.Length; i++) _weights[i] -= dt; }
            public void Update() => Step(0.1f);
            public void Backward() => Step(-0.1f);
            public void Run() { Backward(); Update(); Step(1); }
        }
        """);

    [Fact]
    public Task Running_averages_and_attacks_are_no_updates() => LoopTest.MembersAsync("""
        void Target(Tensor x, Tensor y, float tau)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
            _optimizer.step();
            foreach (var (target, source) in _other.parameters().Zip(_model.parameters()))
                target.copy_(source * tau + target * (1 - tau));
        }

        Tensor Attack(Tensor x, Tensor y, float epsilon)
        {
            x.requires_grad = true;
            Loss(x, y).backward();
            return x.add_(x.grad!.sign() * epsilon);
        }

        void Momentum(Tensor x, Tensor y, Tensor velocity)
        {
            Loss(x, y).backward();
            foreach (var p in _model.parameters())
                velocity.mul_(0.9).add_(p.grad!);
        }
        """);

    [Fact]
    public Task Step_without_a_backward_pass_in_sight() => LoopTest.MembersAsync("""
        public void Step()
        {
            _optimizer.step();
            _optimizer.zero_grad();
        }

        void Loop(Action work)
        {
            for (int i = 0; i < 10; i++)
            {
                work();
                Step();
            }
        }
        """);

    [Fact]
    public Task Code_that_a_tool_wrote() => LoopTest.FileAsync("""
        [System.CodeDom.Compiler.GeneratedCode("tool", "1.0")]
        class Written
        {
            void Train(Net net, optim.Optimizer optimizer, Tensor loss)
            {
                loss.backward();
                optimizer.step();
            }
        }

        class Program
        {
            void Train(Net net, optim.Optimizer optimizer, Tensor loss)
            {
                loss.backward();
                {|CLIP101:optimizer.step()|};
            }
        }
        """);

    [Fact]
    public Task Minimizer_with_a_line_search() => LoopTest.FileAsync("""
        sealed class LimitedMemoryBfgs
        {
            private readonly double[] _point = new double[4], _gradient = new double[4];

            private void EvaluateGradient() { for (int i = 0; i < 4; i++) _gradient[i] = 2 * _point[i]; }

            private void ApplyUpdate(double stepSize) { for (int i = 0; i < 4; i++) _point[i] -= stepSize * _gradient[i]; }

            public void FindMinimum()
            {
                for (int i = 0; i < 100; i++)
                {
                    EvaluateGradient();
                    ApplyUpdate(0.5);
                }
            }
        }

        """);

    [Theory]
    [InlineData("denseWeight")]
    [InlineData("gateWeights")]
    [InlineData("decoderBias")]
    public Task Parameters_whose_names_begin_as_those_of_derivatives(string name) => LoopTest.FileAsync($$"""
        sealed class Cell
        {
            private readonly double[] {{name}} = new double[4], _sums = new double[4];
            private double W;

            public void Forward(double[] x, double learningRate)
            {
                for (int i = 0; i < 4; i++)
                    {{name}}[i] += x[i];
                for (int i = 0; i < 4; i++)
                    W += {{name}}[i] * x[i];
            }

            public void Backward(double[] x)
            {
                for (int i = 0; i < 4; i++)
                    _sums[i] += x[i];
            }

            public void Run(double[][] all)
            {
                foreach (double[] x in all)
                {
                    Backward(x);
                    Forward(x, 0.1);
                }
            }
        }

        """);
}

using ClipGen.Tests.Limits;
using ClipGen.Torch.Gathering;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests.Limits;

/// <summary>Adaptive limits on modules, on parameters and in steps have the same results as on arrays.</summary>
public sealed partial class AdaptiveLimitTests : TorchTests, IDisposable
{
    public static TheoryData<string> Kinds => [.. LimitKinds.Names];

    public void Dispose() => GradientFinder.TreatsAsRemote = null;

    [Theory, MemberData(nameof(Kinds))]
    public void Parameters_are_clipped_as_arrays_are(string kind)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = [Weight(3, 4), Weight(5)];
        AdaptiveLimit limit = Create(kind);
        AdaptiveLimit other = Create(kind);
        var random = new Random(5);
        for (int step = 0; step < 12; step++)
        {
            float[][] gradients = [.. parameters.Select(parameter => Fill(parameter, random))];
            ClipResult expected = Gradients.ClipNorm(other, new Rows(parameters, gradients));

            ClipResult result = TorchGradients.ClipNorm(parameters, limit);

            Assert.Equal(expected, result);
            for (int i = 0; i < parameters.Length; i++)
                Assert.Equal(gradients[i].Select(x => (double)x), Gradient(parameters[i]));
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_step_in_one_pass_is_a_clip_and_a_step(string kind)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (bool isScaled in (bool[])[false, true])
        {
            Parameter[] parameters = [Weight(3, 4), Weight(5)];
            Parameter[] others = [Weight(3, 4), Weight(5)];
            using var optimizer = new AdamW(parameters, 0.1);
            using var other = new AdamW(others, 0.1);
            AdaptiveLimit limit = Create(kind);
            AdaptiveLimit otherLimit = Create(kind);
            var scaler = new LossScaler(256);
            for (int step = 0; step < 12; step++)
            {
                for (int i = 0; i < parameters.Length; i++)
                {
                    Fill(parameters[i], new Random(step + i), isScaled ? 256 : 1);
                    Fill(others[i], new Random(step + i));
                }

                ClipResult result = isScaled ? optimizer.ClipAndStep(limit, scaler) : optimizer.ClipAndStep(limit);
                ClipResult expected = TorchGradients.ClipNorm(others, otherLimit);
                other.step();

                // TorchSharp's step rounds differently, and AGC compares gradients with the parameters.
                Assert.Equal(expected.Clipped, result.Clipped);
                AssertClose(expected.Scale, result.Scale, 1e-5);

                for (int i = 0; i < parameters.Length; i++)
                    AssertClose(Elements(others[i]), Elements(parameters[i]), 1e-5, 1e-5);
            }
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Another_device_gives_the_same_limits(string kind)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = [Weight(3, 4), Weight(5)];
        Parameter[] others = [Weight(3, 4), Weight(5)];
        AdaptiveLimit limit = Create(kind);
        AdaptiveLimit other = Create(kind);
        for (int step = 0; step < 12; step++)
        {
            for (int i = 0; i < parameters.Length; i++)
            {
                Fill(parameters[i], new Random(step + i));
                Fill(others[i], new Random(step + i));
            }

            ClipResult expected = TorchGradients.ClipNorm(others, other);
            GradientFinder.TreatsAsRemote = _ => true;
            ClipResult result = TorchGradients.ClipNorm(parameters, limit);
            GradientFinder.TreatsAsRemote = null;

            AssertClose(expected.Scale, result.Scale);
            for (int i = 0; i < parameters.Length; i++)
                Assert.Equal(Gradient(others[i]), Gradient(parameters[i]), (x, y) => Math.Abs(x - y) <= 1e-5 * Math.Abs(x));
        }
    }

    [Fact]
    public void Units_of_a_gradient_in_another_order_are_rows_of_the_parameter()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter plain = Weight(3, 4);
        Parameter transposed = Weight(3, 4);
        float[] elements = Fill(plain, new Random(1));
        transposed.grad = tensor(elements, [3, 4]).t().contiguous().t();
        var limit = new AdaptiveClipLimit(0.01);

        TorchGradients.ClipNorm([plain], limit);
        TorchGradients.ClipNorm([transposed], limit);

        Assert.Equal(Gradient(plain), Gradient(transposed));
    }

    [Fact]
    public void A_module_declares_its_limits()
    {
        using DisposeScope scope = NewDisposeScope();
        using var module = new AutoModule();
        using var optimizer = new SGD(module.parameters(), 0.01);
        foreach ((double norm, double limit) in new (double, double)[] { (5, 5), (1, 1), (3, 1.4), (2, 1.3), (10, 1.4) })
        {
            module.First.grad = tensor(new[] { (float)norm });
            ClipResult result = norm == 3 ? optimizer.ClipAndStep(module) : module.ClipGradients();

            Assert.Equal(norm > limit, result.Clipped);
            if (result.Clipped)
                AssertClose(limit, result.ExceededLimit);
        }

        using var stream = new MemoryStream();
        ClipState.Of(module).Save(stream);
        stream.Position = 0;
        using var resumed = new AutoModule();
        ClipState.Of(resumed).Load(stream);
        module.First.grad = tensor(new[] { 7f });
        resumed.First.grad = tensor(new[] { 7f });
        Assert.Equal(module.ClipGradients(), resumed.ClipGradients());
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_gradient_that_is_not_finite_does_not_change_the_state(string kind)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = [Weight(3, 4), Weight(5)];
        using var optimizer = new SGD(parameters, 0.0);
        AdaptiveLimit limit = Create(kind);
        for (int step = 0; step < 3; step++)
        {
            foreach (Parameter parameter in parameters)
                Fill(parameter, new Random(step));
            TorchGradients.ClipNorm(parameters, limit);
        }

        byte[] before = Saved(limit);
        Fill(parameters[0], new Random(9));
        parameters[1].grad = tensor(new[] { 1f, 2, float.NaN, 3, 4 });
        Assert.Throws<NonFiniteGradientException>(() => TorchGradients.ClipNorm(parameters, limit));
        Assert.True(optimizer.ClipAndStep(limit, NonFinitePolicy.Leave).Skipped);
        Assert.True(optimizer.ClipAndStep(limit, new LossScaler()).Skipped);
        Assert.False(TorchGradients.ClipNorm(parameters, limit, NonFinitePolicy.Propagate).IsFinite);
        Assert.Equal(before, Saved(limit));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Nothing_is_allocated_after_the_first_clips(string kind)
    {
        using DisposeScope scope = NewDisposeScope();
        using var module = new Linear2();
        AdaptiveLimit limit = Create(kind);
        long least = long.MaxValue;
        for (int step = 0; step < 12; step++)
        {
            foreach (Parameter parameter in module.parameters())
                Fill(parameter, new Random(step));
            long before = GC.GetAllocatedBytesForCurrentThread();
            TorchGradients.ClipNorm(module, limit);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    private static AdaptiveLimit Create(string kind) => LimitKinds.All[kind].Create();

    private static byte[] Saved(AdaptiveLimit limit)
    {
        using var stream = new MemoryStream();
        limit.State.Save(stream);
        return stream.ToArray();
    }

    private static Parameter Weight(params long[] shape)
    {
        long length = shape.Aggregate((x, y) => x * y);
        return new Parameter(tensor([.. Enumerable.Range(1, (int)length).Select(i => i / 3f)], shape));
    }

    private static float[] Fill(Parameter parameter, Random random, float scale = 1)
    {
        float size = (float)Math.Exp(4 * random.NextDouble());
        float[] elements = [.. Enumerable.Range(0, (int)parameter.numel()).Select(_ => size * (random.NextSingle() - 0.5f))];
        parameter.grad = tensor([.. elements.Select(element => element * scale)], parameter.shape);
        return elements;
    }

    private static double[] Elements(Tensor parameter) => [.. parameter.detach().data<float>().Select(x => (double)x)];

    /// <summary>The same parameters as arrays. Their names are those of parameters, by position.</summary>
    private sealed class Rows(Parameter[] parameters, float[][] gradients) : IGradientSource
    {
        private readonly float[][] _weights = [.. parameters.Select(parameter => parameter.detach().data<float>().ToArray())];

        public void VisitGradients<TVisitor>(ref TVisitor visitor)
            where TVisitor : struct, IGradientVisitor
        {
            for (int i = 0; i < gradients.Length; i++)
                visitor.Visit<float>("g", gradients[i], _weights[i], options: new ParameterOptions(null, unitLength: i == 0 ? 4 : 0));
        }
    }

    [AutoClip(10)]
    private sealed partial class AutoModule : nn.Module
    {
        private readonly Parameter _first = new(torch.ones(1));

        public AutoModule()
            : base("auto") => RegisterComponents();

        public Parameter First => _first;
    }

    private sealed class Linear2 : nn.Module
    {
        private readonly nn.Module<Tensor, Tensor> _layer = nn.Linear(4, 3);

        public Linear2()
            : base("linear") => RegisterComponents();

        public nn.Module<Tensor, Tensor> Layer => _layer;
    }
}

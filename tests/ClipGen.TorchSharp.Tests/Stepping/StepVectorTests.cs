using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests.Stepping;

/// <summary>Three steps of four parameters. Independent programs computed the results in double from PyTorch's formulas.</summary>
public sealed class StepVectorTests : TorchTests
{
    private static readonly double[][] Gradients = [[1, 6, 7, 2], [0.3, -0.4, 0, 0.1], [30, -40, 0, 5]];

    public static TheoryData<string, bool, double[]> Vectors
    {
        get
        {
            var vectors = new TheoryData<string, bool, double[]>();
            foreach (bool isFused in (bool[])[true, false])
            {
                vectors.Add("AdamW, decay 0.01", isFused, [0.971466117, 1.991484479, 2.977222608, 3.970479376]);
                vectors.Add("AdamW", isFused, [0.971763163, 1.992082251, 2.978119848, 3.971676332]);
                vectors.Add("Adam, L2 0.01", isFused, [0.971635938, 1.991438816, 2.977371271, 3.971142223]);
                vectors.Add("AMSGrad, L2 0.01", isFused, [0.971635938, 1.991438816, 2.977371271, 3.971142223]);
                vectors.Add("SGD", isFused, [0.899756843, 2.056357422, 2.926213521, 3.958967777]);
                vectors.Add("SGD, momentum 0.9, L2 0.01", isFused, [0.849196704, 1.973197394, 2.783503354, 3.891587098]);
                vectors.Add("SGD, momentum 0.9, L2 0.01, Nesterov", isFused, [0.761197197, 2.026580467, 2.722902350, 3.849606468]);
                vectors.Add("SGD, momentum 0.9, L2 0.01, dampening 0.5", isFused, [0.908952651, 1.898200489, 2.787705268, 3.911804147]);
                vectors.Add("RMSProp", isFused, [0.717232481, 2.026797576, 2.900000014, 3.817436795]);
                vectors.Add("RMSProp, momentum 0.9, L2 0.01", isFused, [0.463015836, 1.897186884, 2.718107024, 3.593097617]);
                vectors.Add("RMSProp, momentum 0.9, centered", isFused, [0.457461112, 1.902860344, 2.727634789, 3.605088470]);
            }

            return vectors;
        }
    }

    [Theory, MemberData(nameof(Vectors))]
    public void Steps_agree_with_the_vectors(string options, bool isFused, double[] expected)
    {
        foreach (ScalarType type in (ScalarType[])[ScalarType.Float64, ScalarType.Float32])
        {
            using DisposeScope scope = NewDisposeScope();
            var parameter = new Parameter(tensor([1.0, 2, 3, 4]).to(type));
            using OptimizerHelper optimizer = Create(options, parameter);
            AssertClose(expected, Train(optimizer, parameter, Gradients, isFused), type == ScalarType.Float32 ? 1e-6 : 1e-9);
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public void SGD_that_maximizes_lets_weights_decay_as_PyTorch_does(bool isFused)
    {
        // Equal to a step with the negated gradient. In TorchSharp's step the weights would grow.
        using DisposeScope scope = NewDisposeScope();
        foreach ((double momentum, bool nesterov) in ((double, bool)[])[(0, false), (0.9, false), (0.9, true)])
        {
            var expected = new Parameter(tensor([1.0, 2, 3, 4]));
            var actual = new Parameter(tensor([1.0, 2, 3, 4]));
            using var minimizing = new SGD([expected], 0.1, momentum, weight_decay: 0.01, nesterov: nesterov);
            using var maximizing = new SGD([actual], 0.1, momentum, weight_decay: 0.01, nesterov: nesterov, maximize: true);
            double[][] turned = [.. Gradients.Select(gradient => gradient.Select(element => -element).ToArray())];
            AssertClose(Train(minimizing, expected, turned, isFused: true), Train(maximizing, actual, Gradients, isFused), 1e-12);
            Assert.Equal(0.01, ((SGD.ParamGroup)maximizing.ParamGroups.Single()).Options.weight_decay);
        }
    }

    private static double[] Train(OptimizerHelper optimizer, Parameter parameter, double[][] gradients, bool isFused)
    {
        foreach (double[] gradient in gradients)
        {
            parameter.grad = tensor(gradient).to(parameter.dtype);
            ClipResult result = isFused ? optimizer.ClipAndStep(1.0) : Unfused.Run(() => optimizer.ClipAndStep(1.0));
            AssertClose(Math.Sqrt(gradient.Sum(element => element * element)), result.TotalNorm);
        }

        return [.. parameter.detach().to(ScalarType.Float64).data<double>()];
    }

    private static OptimizerHelper Create(string options, Parameter parameter)
    {
        double momentum = options.Contains("momentum", StringComparison.Ordinal) ? 0.9 : 0;
        double decay = options.Contains("0.01", StringComparison.Ordinal) ? 0.01 : 0;
        return options.Split(',')[0] switch
        {
            "AdamW" => new AdamW([parameter], 0.01, weight_decay: decay),
            "Adam" => new Adam([parameter], 0.01, weight_decay: decay),
            "AMSGrad" => new Adam([parameter], 0.01, weight_decay: decay, amsgrad: true),
            "SGD" => new SGD(
                [parameter],
                0.1,
                momentum,
                options.Contains("dampening", StringComparison.Ordinal) ? 0.5 : 0,
                decay,
                options.Contains("Nesterov", StringComparison.Ordinal)),
            _ => new RMSProp(
                [parameter],
                0.01,
                weight_decay: decay,
                momentum: momentum,
                centered: options.Contains("centered", StringComparison.Ordinal)),
        };
    }
}

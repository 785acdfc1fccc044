using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests;

/// <summary>Compares ClipGen, in the precision of the gradients, with libtorch in double.</summary>
public sealed class OracleTests : TorchTests
{
    private static readonly double[] Orders = [0.5, 1, 1.5, 2, 3.5, 7, double.PositiveInfinity];

    public static TheoryData<string, ScalarType> ModelsAndTypes()
    {
        var cases = new TheoryData<string, ScalarType>();
        foreach (string model in (string[])["perceptron", "lstm", "gru", "convolution", "embedding", "transformer", "bilinear"])
        {
            foreach (ScalarType type in (ScalarType[])[ScalarType.Float32, ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16])
                cases.Add(model, type);
        }

        return cases;
    }

    [Theory, MemberData(nameof(ModelsAndTypes))]
    public void Norm_and_gradients_agree_with_libtorch_in_double(string model, ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (double order in Orders)
        {
            foreach (double fraction in (double[])[0.1, 0.9, 2])
            {
                Parameter[] parameters = RandomGradients(model, type);
                Parameter[] oracle = [.. parameters.Select(p => WithGradient(p.grad!.to(ScalarType.Float64, copy: true)))];
                double limit = fraction * nn.utils.clip_grad_norm_(oracle, double.PositiveInfinity, order);
                double expected = nn.utils.clip_grad_norm_(oracle, limit, order);
                double[][] before = [.. parameters.Select(Gradient)];

                ClipResult result = TorchGradients.ClipNorm(parameters, limit, order, epsilon: 1e-6);

                AssertClose(expected, result.TotalNorm);
                Assert.Equal(fraction < 1, result.Clipped);
                for (int i = 0; i < parameters.Length; i++)
                {
                    if (fraction > 1)
                        Assert.Equal(before[i], Gradient(parameters[i]));
                    else
                        AssertClose(Gradient(oracle[i]), Gradient(parameters[i]), Rounding(type), SmallestNormal(type));
                }
            }
        }
    }

    [Theory, MemberData(nameof(ModelsAndTypes))]
    public void Clamped_gradients_agree_with_libtorch(string model, ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = RandomGradients(model, type);
        Parameter[] oracle = [.. parameters.Select(p => WithGradient(p.grad!.clone()))];
        double norm = TorchGradients.Norm(parameters);
        nn.utils.clip_grad_value_(oracle, 0.3);

        ClipResult result = TorchGradients.ClipValue(parameters, 0.3);

        Assert.True(result.Clipped);
        AssertClose(norm, result.TotalNorm);
        for (int i = 0; i < parameters.Length; i++)
            Assert.Equal(Gradient(oracle[i]), Gradient(parameters[i]));
    }

    [Fact]
    public void A_trained_network_takes_the_same_way_as_with_libtorch_in_double()
    {
        using DisposeScope scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> ours = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 1)).to(ScalarType.Float64);
        using nn.Module<Tensor, Tensor> oracle = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 1)).to(ScalarType.Float64);
        oracle.load_state_dict(ours.state_dict());
        using optim.Optimizer first = optim.SGD(ours.parameters(), 0.5);
        using optim.Optimizer second = optim.SGD(oracle.parameters(), 0.5);
        int clipped = 0;
        for (int step = 0; step < 50; step++)
        {
            using DisposeScope inner = NewDisposeScope();
            Tensor input = randn([32, 8], ScalarType.Float64);
            Tensor target = input.sum(1, keepdim: true) * 10;
            foreach ((nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer) in new[] { (ours, first), (oracle, second) })
            {
                optimizer.zero_grad();
                nn.functional.mse_loss(model.call(input), target).backward();
                if (model == ours)
                    clipped += TorchGradients.ClipNorm(model, 1.0, epsilon: 1e-6).Clipped ? 1 : 0;
                else
                    nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                optimizer.step();
            }
        }

        Assert.True(clipped > 25);
        foreach ((Parameter left, Parameter right) in ours.parameters().Zip(oracle.parameters()))
            AssertClose([.. right.data<double>()], [.. left.data<double>()], 1e-6, 1e-12);
    }

    // Half an ulp for the product, and half an ulp for the conversion in the oracle.
    private static double Rounding(ScalarType type) => type switch
    {
        ScalarType.Float64 => 1e-12,
        ScalarType.Float32 => 1e-6,
        ScalarType.Float16 => 1.0 / 1024,
        _ => 1.0 / 128,
    };

    // Smaller elements have fewer digits.
    private static double SmallestNormal(ScalarType type) => type == ScalarType.Float16 ? 6.2e-5 : 1e-37;

    private static Parameter[] RandomGradients(string model, ScalarType type)
    {
        using nn.Module module = model switch
        {
            "perceptron" => nn.Sequential(nn.Linear(7, 33), nn.ReLU(), nn.Linear(33, 5)),
            "lstm" => nn.LSTM(9, 17, numLayers: 2),
            "gru" => nn.GRU(5, 11, bidirectional: true),
            "convolution" => nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.Conv2d(8, 4, 3, bias: false)),
            "embedding" => nn.Sequential(nn.Embedding(97, 13), nn.LayerNorm(13)),
            "transformer" => nn.TransformerEncoderLayer(16, 2, 64),
            _ => nn.Bilinear(6, 7, 8),
        };
        return [.. module.parameters().Select(p => WithGradient((randn(p.shape) * 3).to(type)))];
    }
}

using Spectre.Console;
using TorchCharLstm;
using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Benchmarks;

/// <summary>
/// The accuracy mode: gradients for which <c>clip_grad_norm_</c> and <c>TorchGradients.ClipNorm</c> give different results.
/// </summary>
public static class AccuracySession
{
    private const long ManyElements = 100_000_000;

    /// <summary>Clips each case in both ways and prints the results. The largest case needs 1 GB of memory.</summary>
    /// <exception cref="InvalidOperationException">libtorch cannot be loaded.</exception>
    public static void Run(CancellationToken cancellation)
    {
        if (Libtorch.WhyNot is { } reason)
            throw new InvalidOperationException(reason);

        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 160;

        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("gradients", "limit", "", "exact", "clip_grad_norm_", "TorchGradients.ClipNorm");
        AddRow(table, "10^8 elements of 0.1", ManyElements, 0.1f, limit: 1e6, "norm", exact: Math.Sqrt(ManyElements) * 0.1f,
            (norm, _) => norm);
        cancellation.ThrowIfCancellationRequested();
        AddRow(table, "100 elements of 1e20", 100, 1e20f, limit: 1, "first element after the clip", exact: 0.1, (_, element) => element);
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"One NaN: {DescribeNaN()}");
    }

    private static void AddRow(
        Table table, string gradients, long elements, float value, double limit, string quantity, double exact,
        Func<double, double, double> choose) =>
        table.AddRow(
            gradients,
            $"{limit:g3}",
            quantity,
            $"{exact:g5}",
            $"{Clip(elements, value, parameters => torch.nn.utils.clip_grad_norm_(parameters, limit), choose):g5}",
            $"{Clip(elements, value, parameters => TorchGradients.ClipNorm(parameters, limit).TotalNorm, choose):g5}");

    private static double Clip(long elements, float value, Func<Parameter[], double> clip, Func<double, double, double> choose)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Parameter parameter = new(torch.zeros(elements)) { grad = torch.full(elements, value) };
        double norm = clip([parameter]);
        return choose(norm, parameter.grad![0].item<float>());
    }

    private static string DescribeNaN()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using Linear layer = torch.nn.Linear(2, 1);
        layer.weight!.grad = torch.tensor(new[] { float.NaN, 1 }, 1, 2);
        layer.bias!.grad = torch.ones(1);
        try
        {
            TorchGradients.ClipNorm(layer, 1.0);
            return "no exception";
        }
        catch (NonFiniteGradientException exception)
        {
            double norm = torch.nn.utils.clip_grad_norm_(layer.parameters(), 1.0);
            return $"TorchGradients.ClipNorm throws and names '{exception.GradientName}'; clip_grad_norm_ returns {norm} and makes "
                + $"bias.grad {layer.bias.grad.item<float>()}.";
        }
    }
}

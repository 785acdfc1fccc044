using System.Globalization;
using System.Text;
using ClipGen.Optimizers;

namespace ClipGen.Mpi.Ranks;

/// <summary>
/// A few training steps with an adaptive limit: ordinary ones, spikes, one with a NaN in one buffer, and one with zero gradients.
/// </summary>
/// <param name="limit">The limit: a name in <see cref="LimitModels"/>.</param>
/// <param name="call">
/// The called operation: <c>clip</c>, <c>step</c>, or with a loss scale <c>clip-scaled</c> and <c>step-scaled</c>.
/// </param>
/// <param name="resumes">True if training is interrupted: another model and another optimizer load the saved state.</param>
internal sealed class Trajectory(string limit, string call, bool resumes)
{
    private const int Seed = 100;
    private const int InterruptedAfter = 5;
    private const double LearningRate = 0.05;
    private const double InitialLossScale = 8;

    private static readonly int[] Lengths = [3, 16, 64, 100, 400, 1, 257, 300, 33, 90, 1];

    // The factors of the random gradients in each step. NaN sets one element to NaN. In the first step the gradients equal the weights, so
    // that all of them exceed a share of the weights by the same factor.
    private static readonly double[] Sizes = [1, 1.3, 0.7, 1, 40, 0.9, double.NaN, 1.1, 0, 1, 5, 0.8];

    private readonly StringBuilder _log = new();
    private LossScaler? _scaler = call.EndsWith("scaled", StringComparison.Ordinal) ? new(InitialLossScale) { GrowthInterval = 3 } : null;
    private Optimizer _optimizer = new AdamW(LearningRate);

    /// <summary>All limits with all calls.</summary>
    internal static IEnumerable<(string Limit, string Call)> All =>
        from limit in LimitModels.All.Keys
        from call in new[] { "clip", "step", "clip-scaled", "step-scaled" }
        select (limit, call);

    /// <summary>
    /// The trajectories for real processes. More than four processes run fewer of them: every waiting process uses a processor, and most
    /// machines have fewer processors than that.
    /// </summary>
    internal static IEnumerable<(string Limit, string Call)> Of(int processes) =>
        from one in All
        where one.Call is "clip" or "step-scaled"
        where processes <= 4 || one is ("auto" or "agc-max" or "adagc-max" or "groups", "step-scaled")
        select one;

    /// <summary>Trains in this process, which holds all buffers.</summary>
    internal string RunAlone()
    {
        float[][] weights = Create(Seed);
        float[][] gradients = Create(Seed);
        return Run(weights, gradients, step => Fill(gradients, step, rank: 0), RunOne, () => Sum(weights, gradients, owns: _ => true));
    }

    /// <summary>Trains on several processes, each of which holds different buffers.</summary>
    internal string RunSharded(IGradientExchange exchange)
    {
        float[][] weights = Create(Seed);
        float[][] gradients = Create(Seed);
        return Run(
            Buffers.Of(weights, exchange),
            Buffers.Of(gradients, exchange),
            step => Fill(gradients, step, rank: 0),
            model => RunOne(exchange, model),
            () => AddUp(exchange, Sum(weights, gradients, i => i % exchange.Size == exchange.Rank)));
    }

    /// <summary>Trains on several processes, each of which holds all buffers and computes gradients of different examples.</summary>
    internal string RunDataParallel(IGradientExchange exchange)
    {
        float[][] weights = Create(Seed);
        float[][] gradients = Create(Seed);
        return Run(
            weights,
            gradients,
            step => Fill(gradients, step, exchange.Rank),
            model =>
            {
                if (call.StartsWith("step", StringComparison.Ordinal))
                    return _scaler is null ? exchange.ClipAndStep(_optimizer, model) : exchange.ClipAndStep(_optimizer, model, _scaler);
                exchange.AverageGradients((IGradientSource)model);
                return RunOne(model);
            },
            () => Sum(weights, gradients, owns: _ => true));
    }

    /// <summary>As <see cref="RunDataParallel"/>, but each process keeps the optimizer's state of a part of the parameters only.</summary>
    internal string RunWithShardedState(IGradientExchange exchange)
    {
        float[][] weights = Create(Seed);
        float[][] gradients = Create(Seed);
        return Run(
            weights,
            gradients,
            step => Fill(gradients, step, exchange.Rank),
            model => _scaler is null
                ? exchange.ClipAndStepWithShardedState(_optimizer, model)
                : exchange.ClipAndStepWithShardedState(_optimizer, model, _scaler),
            () => Sum(weights, gradients, owns: _ => true));
    }

    /// <summary>Trains in this process with the means of the gradients that the given number of processes compute.</summary>
    internal string RunOnMeans(int size)
    {
        float[][] weights = Create(Seed);
        float[][] gradients = Create(Seed);
        return Run(
            weights,
            gradients,
            step =>
            {
                float[][][] all = [.. Enumerable.Range(0, size).Select(rank =>
                {
                    float[][] own = Create(Seed);
                    Fill(own, step, rank);
                    return own;
                })];
                for (int i = 0; i < gradients.Length; i++)
                {
                    for (int j = 0; j < gradients[i].Length; j++)
                        gradients[i][j] = (float)(all.Sum(own => (double)own[i][j]) / size);
                }
            },
            RunOne,
            () => Sum(weights, gradients, owns: _ => true));
    }

    private static float[][] Create(int seed)
    {
        var random = new Random(seed);
        return [.. Lengths.Select(length => Enumerable.Range(0, length).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray())];
    }

    private static ulong Sum(float[][] weights, float[][] gradients, Func<int, bool> owns)
    {
        ulong sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (owns(i))
                sum += Buffers.Hash(weights[i], gradients[i]) * (ulong)((2 * i) + 1);
        }

        return sum;
    }

    private static ulong AddUp(IGradientExchange exchange, ulong number)
    {
        Span<long> sum = [unchecked((long)number)];
        exchange.AddUp(sum);
        return unchecked((ulong)sum[0]);
    }

    private static string Bits(double number) => BitConverter.DoubleToInt64Bits(number).ToString("x16", CultureInfo.InvariantCulture);

    private string Run(
        float[][] weights, float[][] gradients, Action<int> backward, Func<IClippable, ClipResult> clip, Func<ulong> sum)
    {
        IClippable model = LimitModels.All[limit](weights, gradients);
        for (int step = 0; step < Sizes.Length; step++)
        {
            if (resumes && step == InterruptedAfter)
                model = Resume(model, weights, gradients);
            backward(step);
            string did;
            try
            {
                ClipResult result = clip(model);
                did = $"{(result.IsFinite ? "" : "not finite ")}{Bits(result.TotalNorm)} {Bits(result.Scale)} "
                    + $"{Bits(result.ExceedingNorm)} {Bits(result.ExceededLimit)} "
                    + $"{(result.Clipped ? "clipped " : "")}{(result.Skipped ? "skipped " : "")}";
            }
            catch (NonFiniteGradientException exception)
            {
                did = $"not finite {exception.Index} {exception.Value} ";
            }

            // The sum over all processes, in every step, so that the first difference is found.
            _log.Append(CultureInfo.InvariantCulture, $"{did}{sum():x16} {_scaler?.Scale} {StateOf(model)}\n");
        }

        return _log.ToString();
    }

    private ClipResult RunOne(IClippable model) => call switch
    {
        "clip" => model.ClipGradients(),
        "step" => _optimizer.ClipAndStep(model),
        "clip-scaled" => _scaler!.Clip(model),
        _ => _optimizer.ClipAndStep(model, _scaler!),
    };

    private ClipResult RunOne(IGradientExchange exchange, IClippable model) => call switch
    {
        "clip" => exchange.ClipSharded(model),
        "step" => exchange.ClipAndStepSharded(_optimizer, model),
        "clip-scaled" => exchange.ClipSharded(model, _scaler!),
        _ => exchange.ClipAndStepSharded(_optimizer, model, _scaler!),
    };

    // The same values in whichever process the buffer is.
    private void Fill(float[][] gradients, int step, int rank)
    {
        double size = double.IsNaN(Sizes[step]) ? 1 : Sizes[step];
        var random = new Random(Seed + (1000 * step) + rank);
        foreach (float[] gradient in gradients)
        {
            for (int i = 0; i < gradient.Length; i++)
                gradient[i] = size == 0 ? 0 : (float)((random.NextDouble() - 0.5) * size * (_scaler?.Scale ?? 1));
        }

        if (double.IsNaN(Sizes[step]) && rank == 0)
            gradients[1][5] = float.NaN;
    }

    private IClippable Resume(IClippable model, float[][] weights, float[][] gradients)
    {
        IClippable resumed = LimitModels.All[limit](weights, gradients);
        Copy(ClipState.Of(model).Save, ClipState.Of(resumed).Load);
        var optimizer = new AdamW(1);
        Copy(_optimizer.Save, optimizer.Load);
        _optimizer = optimizer;
        if (_scaler is not null)
        {
            var scaler = new LossScaler();
            Copy(_scaler.Save, scaler.Load);
            _scaler = scaler;
        }

        return resumed;
    }

    private string StateOf(IClippable model)
    {
        if (!LimitModels.HasCommonState(limit))
            return "";
        using var stream = new MemoryStream();
        ClipState.Of(model).Save(stream);
        return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(stream.ToArray()))[..16];
    }

    private static void Copy(Action<Stream> save, Action<Stream> load)
    {
        using var stream = new MemoryStream();
        save(stream);
        stream.Position = 0;
        load(stream);
    }
}

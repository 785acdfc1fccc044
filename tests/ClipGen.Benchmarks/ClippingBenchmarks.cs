using BenchmarkDotNet.Attributes;
using ClipGen.Benchmarks.Contenders;
using ClipGen.Benchmarks.Models;

namespace ClipGen.Benchmarks;

/// <summary>The same contenders under BenchmarkDotNet, one process each.</summary>
[MemoryDiagnoser]
public class ClippingBenchmarks
{
    private Contender _contender = null!;
    private double _limit;

    /// <summary>The names of the models.</summary>
    public static IEnumerable<string> Models => ModelShape.All.Select(shape => shape.Name);

    /// <summary>The names of the contenders.</summary>
    public static IEnumerable<string> Contenders =>
        ContenderList.Create(new FortyOf16(), clippingNeeded: true).Select(contender => contender.Name);

    /// <summary>The model.</summary>
    [ParamsSource(nameof(Models))]
    public string Model { get; set; } = "";

    /// <summary>The contender that clips.</summary>
    [ParamsSource(nameof(Contenders))]
    public string Contender { get; set; } = "";

    /// <summary>Creates the model and the contender. The limit does not change the gradients, as in the paired mode.</summary>
    [GlobalSetup]
    public void Setup()
    {
        IBenchmarkModel model = ModelShape.Fill(ModelShape.All.Single(shape => shape.Name == Model).Create());
        _contender = ContenderList.Create(model, clippingNeeded: true).Single(contender => contender.Name == Contender);
        _contender.Prepare();
        _limit = _contender.Clip(1e30) * (1 - 1e-9);
    }

    /// <summary>Disposes the contender.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _contender.Settle();
        _contender.Dispose();
    }

    /// <summary>One call in which clipping is needed.</summary>
    [Benchmark]
    public double Clip() => _contender.Clip(_limit);
}

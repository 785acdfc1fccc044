using ClipGen.Numerics;
using ClipGen.Tests.Sources;

namespace ClipGen.Tests.Numerics;

/// <summary>Only names and exceptions allocate, after the first operation of a thread, which creates its buffer table.</summary>
public sealed class AllocationTests
{
    private readonly float[] _small = [3, 4];
    private readonly float[] _large = [.. Enumerable.Repeat(1f, 10_000)];
    private readonly double[] _doubles = [.. Enumerable.Repeat(1.0, 700)];
    private readonly Half[] _halves = [.. Enumerable.Repeat((Half)1, 700)];
    private readonly ClipRule[] _rules = [ClipRule.Norm(1e-3, 2), ClipRule.Norm(1, 3.5, group: "a"), ClipRule.Value(1, group: "b")];
    private readonly double[] _norms = new double[100];
    private readonly ClipReport _report = new();
    private readonly KeyedSource _keyed = new();

    public static TheoryData<string> Operations =>
    [
        "norm", "norm 1", "norm inf", "norm 3.5", "not clipped", "clipped", "clipped, tiny factor", "per buffer", "by value",
        "several rules", "norms", "scale", "zero",
        "tied", "huge", "many buffers", "report", "report, several rules", "report, per buffer", "report, keys",
    ];

    [Theory]
    [MemberData(nameof(Operations))]
    public void Allocates_nothing(string operation)
    {
        Array?[] gradients = operation switch
        {
            "tied" => [_small, _large, _small, _halves],
            "huge" => [_small, new[] { 1e30, 1e200 }, new[] { 1e30f, 1e-40f }],
            "many buffers" => [.. Enumerable.Range(0, 99).Select(_ => new float[3])],
            _ => [_small, _large, null, _doubles, _halves],
        };
        var source = new ArraySource(gradients);
        for (int i = 0; i < 3; i++)
            Run(operation, source);

        // The runtime allocates once for tiered compilation. An allocation of the operation itself occurs every time.
        long least = long.MaxValue;
        for (int i = 0; i < 10; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Run(operation, source);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    private void Run(string operation, ArraySource source)
    {
        switch (operation)
        {
            case "norm":
                GradientOperations.Norm(source);
                break;
            case "norm 1":
                GradientOperations.Norm(source, 1);
                break;
            case "norm inf":
                GradientOperations.Norm(source, double.PositiveInfinity);
                break;
            case "norm 3.5":
                GradientOperations.Norm(source, 3.5);
                break;
            case "not clipped":
                GradientOperations.Clip(source, ClipRule.Norm(1e9));
                break;
            case "clipped":
                Fill();
                Assert.True(GradientOperations.Clip(source, ClipRule.Norm(1)).Clipped);
                break;
            case "clipped, tiny factor":
                Fill();
                Assert.True(GradientOperations.Clip(source, ClipRule.Norm(1e-40)).Clipped);
                break;
            case "per buffer":
                Fill();
                Assert.True(GradientOperations.Clip(source, ClipRule.Norm(1, scope: ClipScope.PerParameter)).Clipped);
                break;
            case "by value":
                Fill();
                Assert.True(GradientOperations.Clip(source, ClipRule.Value(0.5)).Clipped);
                break;
            case "several rules":
                Fill();
                Assert.True(GradientOperations.Clip(source, _rules).Clipped);
                break;
            case "report":
                Fill();
                Assert.True(GradientOperations.Clip(source, ClipRule.Norm(1), _report).Clipped);
                break;
            case "report, several rules":
                Fill();
                Assert.True(GradientOperations.Clip(source, _rules, _report).Clipped);
                break;
            case "report, per buffer":
                Fill();
                Assert.True(GradientOperations.Clip(source, ClipRule.Norm(1, scope: ClipScope.PerParameter), _report).Clipped);
                break;
            case "report, keys":
                GradientOperations.Clip(_keyed, ClipRule.Norm(1), _report);
                break;
            case "norms":
                GradientOperations.Norms(source, _norms, 3);
                break;
            case "scale":
                GradientOperations.Scale(source, 1.01);
                break;
            case "zero":
                GradientOperations.Zero(source);
                break;
            default:
                GradientOperations.Clip(source, ClipRule.Norm(1));
                GradientOperations.Norms(source, _norms);
                break;
        }
    }

    private void Fill()
    {
        Array.Fill(_large, 1);
        Array.Fill(_doubles, 1);
        Array.Fill(_halves, (Half)1);
    }

    private sealed class KeyedSource : IGradientSource
    {
        private readonly float[] _gradient = [1];

        public void VisitGradients<TVisitor>(ref TVisitor visitor)
            where TVisitor : struct, IGradientVisitor
        {
            visitor.Enter("layers");
            visitor.EnterItem(-3);
            visitor.Enter("byName");
            visitor.EnterItem("a");
            visitor.Visit<float>("g", _gradient);
            for (int i = 0; i < 4; i++)
                visitor.Leave();
        }
    }
}

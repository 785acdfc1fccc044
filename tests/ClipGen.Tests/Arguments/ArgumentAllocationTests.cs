namespace ClipGen.Tests.Arguments;

/// <summary>
/// Arrays, lists of arrays and spans as arguments allocate nothing after the first call of a thread, which creates its list of arguments.
/// </summary>
public sealed class ArgumentAllocationTests
{
    private readonly float[] _dW = new float[100];
    private readonly double[,] _dU = new double[10, 10];
    private readonly Half[] _dB = new Half[10];
    private readonly float[][] _jagged = [new float[5], new float[6]];
    private readonly List<float[]> _list = [new float[5], new float[6]];

    public static TheoryData<string> Calls => ["norm", "clip", "clip by value", "mixed", "per buffer", "jagged", "list", "spans", "memory"];

    [Theory]
    [MemberData(nameof(Calls))]
    public void Allocates_nothing(string call)
    {
        for (int i = 0; i < 3; i++)
            Run(call);

        // The runtime allocates once for tiered compilation. An allocation of the call itself occurs every time.
        long least = long.MaxValue;
        for (int i = 0; i < 10; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Run(call);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    private void Run(string call)
    {
        Array.Fill(_dW, 1);
        Array.Fill(_dB, (Half)1);
        Array.Fill(_list[1], 1);
        Array.Fill(_jagged[1], 1);
        bool acted = call switch
        {
            "norm" => Gradients.Norm(_dW, _dU, _dB) > 1,
            "clip" => Gradients.ClipNorm(0.5, _dW, _dB).Clipped,
            "clip by value" => Gradients.ClipValue(0.5, _dW, _dU, _dB).Clipped,
            "mixed" => Gradients.ClipNorm(0.5, _dW, null, _dU, _list, _dB, _jagged).Clipped,
            "per buffer" => Gradients.ClipNorm(0.5, _dW, _dB, scope: ClipScope.PerParameter).Clipped,
            "jagged" => Gradients.ClipNorm(0.5, _jagged).Clipped,
            "list" => Gradients.ClipNorm(0.5, _list).Clipped,
            "spans" => Gradients.ClipNorm(0.5, _dW.AsSpan(3), _dU, _list).Clipped,
            _ => Gradients.ClipNorm(0.5, _dW.AsMemory(3), _dB.AsMemory()).Clipped,
        };
        Assert.True(acted);
    }
}

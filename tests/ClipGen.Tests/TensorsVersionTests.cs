using System.Diagnostics;
using System.Numerics.Tensors;

namespace ClipGen.Tests;

/// <summary>
/// These tests run with the oldest System.Numerics.Tensors that the package accepts, and in ClipGen.Tests.NewestTensors with the newest.
/// </summary>
public sealed class TensorsVersionTests
{
    [Fact]
    public void The_version_is_the_one_that_the_project_is_named_after()
    {
        bool newest = typeof(TensorsVersionTests).Assembly.GetName().Name!.EndsWith(".NewestTensors", StringComparison.Ordinal);

        string version = FileVersionInfo.GetVersionInfo(typeof(TensorPrimitives).Assembly.Location).ProductVersion!;

        Assert.StartsWith(newest ? "11.0." : "10.0.0", version, StringComparison.Ordinal);
    }
}

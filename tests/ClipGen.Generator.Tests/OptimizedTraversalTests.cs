namespace ClipGen.Generator.Tests;

/// <summary>Which traversals the JIT optimizes at the first call: those that index collections, and use no enumerator.</summary>
public sealed class OptimizedTraversalTests
{
    [Theory]
    [InlineData("[Gradient] float[] G = new float[64];", false)]
    [InlineData("[Gradient] float[][] G = new float[2][];", true)]
    [InlineData("[Gradient] float[,] G = new float[2, 3];", false)]
    [InlineData("List<Layer> L = new();", true)]
    [InlineData("IReadOnlyList<Layer> L = new List<Layer>();", true)]
    [InlineData("Layer L = new();", false)]
    [InlineData("(Layer First, List<Layer> Others) L;", true)]
    [InlineData("Dictionary<string, Layer> L = new();", false)]
    [InlineData("IEnumerable<Layer> L = new List<Layer>();", false)]
    [InlineData("Dictionary<string, List<Layer>> L = new();", false)]
    [InlineData("List<Layer> L = new(); HashSet<Layer> M = new();", false)]
    public void Traversals_that_index_collections_are_optimized_at_once(string members, bool isOptimized)
    {
        GeneratorRun run = GeneratorHarness.Run(
            $$"""
            using System.Collections.Generic;
            using ClipGen;

            [ClipGradNorm(1.0)] public partial class Model { {{members}} }

            public sealed partial class Layer { [Gradient] private readonly float[] _dWeight = new float[4]; }
            """).AssertCompiles();
        string model = Assert.Single(run.Files, file => file.Key.Contains("Model")).Value;
        Assert.Equal(isOptimized, model.Contains("MethodImplOptions.AggressiveOptimization"));
    }
}

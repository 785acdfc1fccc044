using System.Reflection;

namespace ClipGen.Generator.Tests.Fuzzing;

/// <summary>
/// Clipping allocates nothing for all forms that hold gradients, except for collections that can be enumerated only through an interface:
/// they allocate one enumerator for each traversal.
/// </summary>
public sealed class AllocationTests
{
    private const int WarmUps = 60;
    private const int Calls = 20;
    private const int Rounds = 5;

    // Clip, norm, scale and zero make up to eight traversals, and an enumerator takes fewer than 128 bytes.
    private const int BytesOfEnumerators = 8 * 128;

    public static TheoryData<string> FormsWithoutAllocation =>
    [
        "[Gradient] float[] G;",
        "[Gradient] double[,] G;",
        "[Gradient] Half[,,] G;",
        "[Gradient] float[][] G;",
        "[Gradient] float[][,] G;",
        "[Gradient] List<double[]> G;",
        "[Gradient] IReadOnlyList<float[]> G;",
        "[Gradient] IList<float[]> G;",
        "[Gradient] ImmutableArray<float[]> G;",
        "[Gradient] ImmutableList<float[]> G;",
        "[Gradient] Dictionary<string, float[]> G;",
        "[Gradient] HashSet<float[]> G;",
        "[Gradient] Queue<float[]> G;",
        "[Gradient] Stack<float[]> G;",
        "[Gradient] LinkedList<float[]> G;",
        "[Gradient] Collection<float[]> G;",
        "[Gradient] ReadOnlyCollection<float[]> G;",
        "[Gradient] Memory<float> G;",
        "[Gradient] Memory<Half>[] G;",
        "[Gradient] ArraySegment<double> G;",
        "ArraySegment<float> _storageOf_G; [Gradient] Span<float> G => _storageOf_G;",
        "ArraySegment<float> _storageOf_G; [Gradient] Span<float> G() => _storageOf_G;",
        "[Gradient] float[] G { get; set; }",
        "[field: Gradient] float[] G { get; init; }",
        "[Gradient(Group = \"a\")] float[] G; [Gradient] double[] H;",
        "[ClipGradNorm(1.0)] float[] G; [Gradient] double[] H;",
        "Layer L;",
        "Point L;",
        "Point? L;",
        "Layer[] L;",
        "Point[] L;",
        "Layer[][] L;",
        "List<Layer> L;",
        "List<List<Layer>> L;",
        "IReadOnlyList<Layer> L;",
        "ImmutableArray<Layer> L;",
        "Dictionary<string, Layer> L;",
        "HashSet<Layer> L;",
        "ILayer L;",
        "ILayer[] L;",
        "BaseLayer L;",
        "Holder L;",
        "ByHand L;",
        "ByHand? L;",
        "Tree L;",
    ];

    public static TheoryData<string> FormsWithEnumerators =>
    [
        "[Gradient] IEnumerable<float[]> G;",
        "[Gradient] ICollection<float[]> G;",
        "[Gradient] IReadOnlyDictionary<string, float[]> G;",
        "[Gradient] IDictionary<int, float[]> G;",
        "[Gradient] ISet<float[]> G;",
        "IEnumerable<Layer> L;",
        "IReadOnlyCollection<Layer> L;",
        "IReadOnlyDictionary<string, Layer> L;",
        "Layer[,] L;",
    ];

    [Theory]
    [MemberData(nameof(FormsWithoutAllocation))]
    public void Nothing_is_allocated(string form) => Assert.Equal(0, Measure(form));

    [Theory]
    [MemberData(nameof(FormsWithEnumerators))]
    public void No_more_than_an_enumerator_per_traversal_is_allocated(string form) =>
        Assert.InRange(Measure(form), 0, Calls * BytesOfEnumerators);

    private static long Measure(string form)
    {
        string group = form.Contains("Group", StringComparison.Ordinal) ? "[ClipGradNorm(2.0, Group = \"a\")]" : "";
        Assembly assembly = GeneratorHarness.Run(
            $$"""
            #nullable disable
            using System;
            using System.Collections.Generic;
            using System.Collections.Immutable;
            using System.Collections.ObjectModel;
            using ClipGen;
            namespace F1
            {
                [ClipGradNorm(1.0)] {{group}}
                public sealed partial class Model { {{form}} }

                public interface ILayer : IGradientSource { }
                public partial class Layer : ILayer { [Gradient] float[] _dW; }
                public partial struct Point { [Gradient] double[] _g; }
                public abstract partial class BaseLayer { [Gradient] float[] _dBase; }
                public partial class DerivedLayer : BaseLayer { [Gradient] float[] _dW; }
                public partial class Holder { Layer _inner; }
                public partial class Tree { [Gradient] float[] _dW; Tree _left; List<Tree> _children; }
                public struct ByHand : IGradientSource
                {
                    float[] _g;
                    void IGradientSource.VisitGradients<TVisitor>(ref TVisitor visitor) => visitor.Visit<float>("g", _g);
                }
            }
            """).Load();
        Type type = assembly.GetType("F1.Model")!;
        object model = new ModelFiller(new Random(3), assembly.GetTypes(), isPlain: true).Create(type);
        var clip = (IClippable)model;
        Func<double> norm = type.GetMethod("GradientNorm")!.CreateDelegate<Func<double>>(model);
        Action<double> scale = type.GetMethod("ScaleGradients")!.CreateDelegate<Action<double>>(model);
        Action zero = type.GetMethod("ZeroGradients")!.CreateDelegate<Action>(model);

        void Step()
        {
            scale(3.0);
            norm();
            clip.ClipGradients();
        }

        Assert.True(norm() > 0, "There are no gradients.");
        for (int i = 0; i < WarmUps; i++)
        {
            Step();
        }

        zero();
        clip.ClipGradients();
        // An allocation of the call itself occurs in every round. After a garbage collection that other tests cause, the runtime reads
        // addresses again and allocates once per thread.
        long least = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Calls; i++)
            {
                Step();
                zero();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}

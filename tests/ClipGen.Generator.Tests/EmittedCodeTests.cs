namespace ClipGen.Generator.Tests;

/// <summary>The whole emitted files, for reading.</summary>
public sealed class EmittedCodeTests
{
    [Fact]
    public void Recurrent_network_with_layers() => Approve(
        """
        using System.Collections.Generic;
        using ClipGen;

        namespace Demo;

        [ClipGradNorm(1.0)]
        public partial class CharLstm
        {
            private const int Hidden = 8;

            [Parameter(Gradient = nameof(_dWx))] private readonly float[] _wx = new float[4 * Hidden];
            private readonly float[] _dWx = new float[4 * Hidden];
            [Gradient] private readonly float[] _dBias = new float[64];
            private readonly Linear _head = new();
            private readonly List<Linear> _layers = new();
            [ClipIgnore] private readonly Linear _frozen = new();
        }

        public sealed partial class Linear
        {
            [Gradient] internal readonly double[] _dWeight = new double[4];
        }
        """);

    [Fact]
    public void Struct_nested_in_generic_types() => Approve(
        """
        using ClipGen;

        namespace Demo
        {
            public partial record Outer<T> where T : struct
            {
                internal partial struct Middle
                {
                    [ClipGradValue(0.5, NonFinite = NonFinitePolicy.Leave)]
                    private partial record struct Inner<TElement>
                    {
                        [Gradient] public TElement[]? Buffer { get; set; }
                    }
                }
            }
        }
        """);

    [Fact]
    public void Global_namespace_and_keywords_as_names() => Approve(
        """
        [ClipGen.ClipGradNorm(0.25, NormType = double.PositiveInfinity, Scope = ClipGen.ClipScope.PerParameter, Epsilon = 1e-6)]
        sealed partial class @class
        {
            [ClipGen.Gradient] readonly float[] @event = new float[1];
            [ClipGen.Gradient] float[]? visitor;
        }
        """);

    [Fact]
    public void Groups_and_members_with_limits_of_their_own() => Approve(
        """
        using ClipGen;

        namespace Demo;

        [ClipGradNorm(1.0)]
        [ClipGradNorm(5.0, Group = "encoder")]
        [ClipGradValue(0.1, Group = "heads")]
        public sealed partial class Translator
        {
            [Gradient(Group = "encoder")] private readonly float[] _dEncoder = new float[10];
            [Gradient(Group = "heads")] private readonly Head _head = new();
            [Gradient, ClipGradNorm(0.5, NormType = 1)] private readonly float[] _dBias = new float[3];
            [Gradient] private readonly float[] _dRest = new float[3];
        }

        public sealed partial class Head
        {
            [Gradient] private readonly float[] _dW = new float[3];
        }
        """);

    [Fact]
    public void Limits_that_follow_the_gradients() => Approve(
        """
        using ClipGen;

        namespace Demo;

        [AutoClip(10, MaxNorm = 5)]
        [ZClip(2.5, Group = "encoder", WarmUpSteps = 50, NonFinite = NonFinitePolicy.Leave)]
        [AdaptiveClip(0.01, Group = "convolutions")]
        public sealed partial class Adaptive
        {
            [Gradient(Group = "encoder")] private readonly float[] _dEncoder = new float[10];
            [Parameter(Gradient = nameof(_dKernel), Group = "convolutions")] private readonly float[] _kernel = new float[12];
            [Gradient(UnitLength = 4)] private readonly float[] _dKernel = new float[12];
            [Parameter(Gradient = nameof(_dMatrix), Group = "convolutions", WeightDecay = false)]
            private readonly double[,] _matrix = new double[3, 4];
            private readonly double[,] _dMatrix = new double[3, 4];
            [AdaGC(1.05)] private readonly float[] _dBias = new float[3];
            [Gradient] private readonly float[] _dRest = new float[3];
        }

        [AutoClip(10)]
        public partial class Untied
        {
            [Gradient] private readonly float[] _dW = new float[3];
        }
        """);

    [Fact]
    public void Members_that_every_process_holds() => Approve(
        """
        using ClipGen;

        namespace Demo;

        [ClipGradNorm(1.0)]
        public sealed partial class Shards
        {
            [Gradient] private readonly float[] _dOwn = new float[10];
            [Gradient, Replicated] private readonly float[] _dBias = new float[3];
            [Replicated] private readonly Norm _norm = new();
        }

        public sealed partial class Norm
        {
            [Gradient] private float[] _dGain = new float[3];
        }
        """);

    [Fact]
    public void Every_form_of_buffer() => Approve(
        """
        using System;
        using System.Collections.Generic;
        using System.Collections.Immutable;
        using ClipGen;

        namespace Demo;

        [ClipGradNorm(1.0)]
        public sealed partial class Forms<T>
        {
            [Gradient] private float[]? _array;
            [Gradient] private double[,]? _matrix;
            [Gradient] private Half[,,]? _cube;
            [Gradient] private T[]? _generic;
            [Gradient] private float[][]? _jagged;
            [Gradient] private float[][,]? _jaggedMatrices;
            [Gradient] private List<double[]>? _list;
            [Gradient] private Memory<float> _memory;
            [Gradient] private ArraySegment<float> _segment;
            [Gradient] private Memory<float>? _memoryOrNone;
            [Gradient] private ArraySegment<float>? _segmentOrNone;
            [Gradient] private (float[] Weights, double[]? Bias) _tuple;
            [Gradient] private Memory<double>[]? _memories;
            [Gradient] private ImmutableArray<float[]> _immutable;
            [Gradient] private Dictionary<string, float[]>? _byName;
            [Gradient] private IEnumerable<float[]>? _enumerable;
            [Gradient] private Span<float> Window => _array;
            [Gradient] private Span<float> GetWindow() => _array;
            [Gradient] public float[] Property { get; init; } = new float[3];
            [field: Gradient] public required float[] Targeted { get; set; }
        }
        """);

    [Fact]
    public void Every_way_to_hold_a_source() => Approve(
        """
        using System.Collections.Generic;
        using System.Collections.Immutable;
        using ClipGen;

        namespace Demo;

        [ClipGradNorm(1.0)]
        public sealed partial class Sources<TLayer>
            where TLayer : ILayer
        {
            private Linear? _single;
            private readonly Point _value;
            private Point? _nullable;
            private Linear[]? _array;
            private List<Linear[]>? _nested;
            private IReadOnlyList<ILayer>? _interfaces;
            private ImmutableArray<Linear> _immutable;
            private IReadOnlyDictionary<int, Linear>? _dictionary;
            private HashSet<Linear>? _set;
            private TLayer? _generic;
            private List<(string Name, Linear Layer)>? _named;
            private readonly Block _block = new();
            private readonly ByHand _byHand = new();
            private readonly int _count;
            private readonly string _name = "";
        }

        public interface ILayer : IGradientSource { }

        public sealed partial class Linear : ILayer { [Gradient] private readonly float[] _dW = new float[2]; }

        public partial struct Point { [Gradient] public double[] G; }

        // Declares nothing itself: found because the model holds it and it holds a source.
        public sealed partial class Block { private readonly Linear _inner = new(); }

        public sealed class ByHand : IGradientSource
        {
            void IGradientSource.VisitGradients<TVisitor>(ref TVisitor visitor) => visitor.Visit<float>("g", new float[1]);
        }
        """);

    [Fact]
    public void Tensors() => Approve(
        """
        using System.Numerics.Tensors;
        using System.Collections.Generic;
        using ClipGen;

        namespace Demo;

        [ClipGradNorm(1.0)]
        public sealed partial class Model<T>
        {
            [Parameter(Gradient = nameof(_dW))] private Tensor<float>? _w;
            private Tensor<float>? _dW;
            [Gradient(Group = "b")] private List<Tensor<T>>? _dBiases;
            [Gradient, ClipGradNorm(2.0)] private Tensor<double>? _own;
        }
        """.Replace("[ClipGradNorm(1.0)]", "[ClipGradNorm(1.0), ClipGradNorm(1.0, Group = \"b\")]", StringComparison.Ordinal));

    [Fact]
    public void Types_of_other_assemblies() => Approve(
        """
        using System.Collections.Generic;
        using ClipGen;

        [assembly: GradientSource(typeof(Theirs.Matrix<>), nameof(Theirs.Matrix<int>.Grad), "GetBias")]
        [assembly: GradientSource(typeof(Theirs.Point), nameof(Theirs.Point.Rows))]

        namespace Theirs
        {
            public class Matrix<T> { public T[]? Data; public T[]? Grad { get; set; } public T[,] GetBias() => null!; }
            public sealed class Square : Matrix<double> { }
            public struct Point { public float[][] Rows; }
        }

        namespace Demo
        {
            [ClipGradNorm(1.0)]
            public sealed partial class Model
            {
                private readonly Theirs.Matrix<float> _w = new();
                private readonly List<Theirs.Square> _layers = new();
                private Theirs.Point? _point;
            }
        }
        """);

    [Fact]
    public void Trees() => Approve(
        """
        using System.Collections.Generic;
        using ClipGen;

        namespace Demo;

        [ClipGradNorm(1.0)]
        public sealed partial class Tree
        {
            [Gradient] private readonly float[] _dW = new float[2];
            private readonly Tree? _left;
            private readonly List<Tree> _others = new();
            [ClipIgnore] private readonly Tree? _parent;
        }
        """);

    [Fact]
    public void Inheritance() => Approve(
        """
        using ClipGen;

        namespace Demo;

        public abstract partial class Layer { [Gradient] private readonly float[] _dBias = new float[2]; }

        public partial class Dense : Layer { [Gradient] private readonly float[] _dW = new float[2]; }

        [ClipGradNorm(1.0)]
        public partial class Model { private readonly Layer _layer = new Dense(); [Gradient] private readonly float[] _dW = new float[2]; }

        [ClipGradNorm(2.0)]
        public sealed partial class BiggerModel : Model { [Gradient] private readonly float[] _dExtra = new float[2]; }

        public abstract class HandWritten : IGradientSource
        {
            public virtual void VisitGradients<TVisitor>(ref TVisitor visitor) where TVisitor : struct, IGradientVisitor { }
        }

        public sealed partial class OnHandWritten : HandWritten { [Gradient] private readonly float[] _dW = new float[2]; }

        [ClipGradNorm(3.0)]
        public sealed partial class ModelByHand : HandWritten { }
        """);

    private static void Approve(string source, [System.Runtime.CompilerServices.CallerMemberName] string test = "") =>
        Approval.Verify(GeneratorHarness.Run(source).AssertCompiles(), test);
}

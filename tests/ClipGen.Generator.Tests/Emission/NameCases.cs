using System.Globalization;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Generator.Tests.Emission;

/// <summary>Namespaces, types, type parameters and members with names that are keywords of C# or problematic in a file system.</summary>
internal static class NameCases
{
    public static IEnumerable<EmissionCase> All =>
    [
        new("Namespace named by a keyword", """
            namespace Acme.@event { [ClipGradNorm(1.0)] public partial class Net { [Gradient] float[] _d = new float[4]; } }
            namespace Other { [ClipGradNorm(1.0)] public partial class Fine { [Gradient] float[] _d = new float[4]; } }
            """),
        new("Namespaces and types in each other, all named by keywords", """
            namespace @namespace.@class.@await
            {
                [ClipGradNorm(1.0)]
                public partial class @record
                {
                    [Gradient] public float[] @field = new float[4];
                    public partial class @var { [Gradient] public float[] @value; }
                    public @var @scoped;
                }
            }
            """),
        new("Model named required", """[ClipGradNorm(1.0)] public partial class @required { [Gradient] float[] _d = new float[4]; }"""),
        new("Models named scoped, file and extension", """
            [ClipGradNorm(1.0)] public partial class @scoped { [Gradient] float[] _d; }
            [ClipGradNorm(1.0)] public partial class @file { [Gradient] float[] _d; }
            [ClipGradNorm(1.0)] public partial class @extension { [Gradient] float[] _d; }
            """),
        new("Record structs named by keywords", """
            [ClipGradNorm(1.0)] public partial record struct @float { [Gradient] public float[] D; }
            public partial class @void { [ClipGradNorm(1.0)] public partial record struct @int<@in> { [Gradient] public @in[] D; } }
            """),
        new("Type parameters named by contextual keywords", """
            [ClipGradNorm(1.0)]
            public partial class @partial<@where, @dynamic, @nint, @allows>
            {
                [Gradient] @where[] @event;
                [Gradient] @dynamic[] @when;
                [Gradient] @nint[] @on;
                [Gradient] @allows[] @yield;
                [Parameter(Gradient = nameof(@get))] float[] @set;
                float[] @get;
            }
            """),
        new("Held types named var, dynamic and nint", """
            public partial class @var { [Gradient] public float[] D; }
            public partial class @dynamic { [Gradient] public float[] D; }
            public partial struct @nint { [Gradient] public float[] D; }

            [ClipGradNorm(1.0)]
            public partial class M
            {
                @var _a;
                @dynamic _b;
                @nint _c;
                List<@var> _d;
                IEnumerable<@dynamic> _e;
                @nint?[] _f;
                HashSet<@nint> _g;
                Dictionary<@var, @dynamic> _h;
                [Gradient] readonly float[] _i = new float[3], _j = new float[30];
            }
            """),
        new("Type parameter named var beside unrolled buffers and loops", """
            [ClipGradNorm(1.0)]
            public partial class M<@var>
            {
                [Gradient] @var[] _a;
                [Gradient] IEnumerable<@var[]> _b;
                [Gradient] Dictionary<string, @var[]> _c;
                [Gradient] readonly float[] _d = new float[3], _e = new float[30];
            }
            """),
        new("Names in lower case", """
            [ClipGradNorm(1.0)] public partial class net { [Gradient] float[] d; layer l; }
            public partial struct layer { [Gradient] float[] d; }
            """),
        new("Tuple elements named by keywords", """
            [ClipGradNorm(1.0)]
            public partial class M
            {
                [Gradient] (float[] @event, double[] @class) _a;
                [Gradient] IEnumerable<(float[] @event, int @class)> _b;
                [Gradient] Dictionary<(int @event, int @if), (float[] @while, int x)> _c;
            }
            """),
        new("Names that differ in case only", """
            namespace A
            {
                [ClipGradNorm(1.0)] public partial class Net { [Gradient] float[] _d; }
                [ClipGradNorm(1.0)] public partial class NET { [Gradient] float[] _d; }
                public partial class nET { [Gradient] float[] _d; }
            }

            namespace a { [ClipGradNorm(1.0)] public partial class Net { [Gradient] float[] _d; } }
            """),
        new("Names longer than a file system allows", $$"""
            namespace {{new string('A', 200)}}.{{new string('B', 200)}}
            {
                [ClipGradNorm(1.0)] public partial class {{new string('C', 300)}}
                { [Gradient] float[] _d; public partial class Inner { [Gradient] float[] _e; } }
            }
            """),
        new("Names in other scripts", """
            namespace 日本語.モデル
            {
                [ClipGradNorm(1.0)] public partial class ネットワーク
                {
                    [Gradient] float[] 勾配 = new float[3];
                    [Gradient] readonly float[] größe = new float[3];
                }
            }
            [ClipGradNorm(1.0)] public partial class Straße { [Gradient] float[] _d; }
            [ClipGradNorm(1.0)] public partial class STRASSE { [Gradient] float[] _d; }
            """),
        new("The same letters in two normal forms", $$"""
            [ClipGradNorm(1.0)] public partial class N{{'\u00e9'}} { [Gradient] float[] _d; }
            [ClipGradNorm(1.0)] public partial class N{{'e'}}{{'\u0301'}} { [Gradient] float[] _d; }
            """),
        new("Names of devices", """
            [ClipGradNorm(1.0)] public partial class Con { [Gradient] float[] _d; }
            [ClipGradNorm(1.0)] public partial class NUL { [Gradient] float[] _d; }
            namespace aux { [ClipGradNorm(1.0)] public partial class M { [Gradient] float[] _d; } }
            """),
        new("Names that are letters with marks only to the eye", $$"""
            [ClipGradNorm(1.0)] public partial class A{{'\u200d'}}B { [Gradient] float[] _d{{'\u200c'}}e; }
            """),
        .. Words().Chunk(24).Select(words => new EmissionCase(
            $"Everything is named {words[0]}, and so on to {words[^1]}",
            string.Concat(words.Select((word, index) => OfWord(word, index))))),
    ];

    /// <summary>
    /// Every keyword and contextual keyword that the compiler under test knows, and words with a meaning that it does not list as keywords.
    /// </summary>
    private static IEnumerable<string> Words() =>
        SyntaxFacts.GetKeywordKinds().Concat(SyntaxFacts.GetContextualKeywordKinds())
            .Select(SyntaxFacts.GetText)
            .Concat(["dynamic", "nint", "nuint", "notnull", "args", "value", "union", "closed", "safe"])
            .Where(word => word.Length > 0 && char.IsLetter(word[0]))
            .Distinct();

    private static string OfWord(string word, int index) => string.Create(CultureInfo.InvariantCulture, $$"""
        namespace N{{index}}.@{{word}}
        {
            public partial class @{{word}}
            {
                [ClipGradNorm(1.0)] public partial class M<@{{word}}> { [Gradient] @{{word}}[] _a; [Gradient] HashSet<@{{word}}[]> _b; }
            }

            [ClipGradNorm(1.0, Group = "{{word}}")]
            public partial class Model
            {
                [Gradient(Group = "{{word}}")] float[] @{{word}};
                [Parameter(Gradient = "Grad")] float[] Param { get; }
                float[] Grad { get; }
            }

            [ClipGradNorm(1.0)]
            public partial class Reverse
            {
                [Parameter(Gradient = "_d")] readonly float[] @{{word}} = new float[3];
                readonly float[] _d = new float[3];
            }

            [ClipGradNorm(1.0)]
            public partial struct Methods { [Gradient] Span<float> @{{word}}() => default; }
        }

        namespace O
        {
            [ClipGradNorm(1.0)] public sealed partial class @{{word}} { [Gradient] readonly float[] _d = new float[3]; }
            [ClipGradNorm(1.0)] public partial class Holder{{word}} { @{{word}} _l; List<@{{word}}> _m; HashSet<@{{word}}> _n; }
        }

        """);
}

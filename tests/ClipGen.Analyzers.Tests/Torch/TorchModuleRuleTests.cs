using ClipGen.Analyzers.Tests.Declarations;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Tests.Torch;

/// <summary>The declaration rules on TorchSharp modules.</summary>
public sealed class TorchModuleRuleTests
{
    private const string Usings = "using TorchSharp; using TorchSharp.Modules; using static TorchSharp.torch;\n";

    [Fact]
    public Task The_package_is_missing() => VerifyAsync(
        """
        [{|CLIP012:ClipGradNorm(1.0)|}]
        public sealed partial class Net : nn.Module<Tensor, Tensor>
        {
            public Net() : base("Net") { }
            public override Tensor forward(Tensor input) => input;
        }

        public partial class {|CLIP012:Block|} : nn.Module<Tensor, Tensor>
        {
            [ClipIgnore] private readonly Linear _frozen = nn.Linear(1, 1);
            public Block() : base("Block") { }
            public override Tensor forward(Tensor input) => input;
        }

        public class Plain : nn.Module<Tensor, Tensor>
        {
            public Plain() : base("Plain") { }
            public override Tensor forward(Tensor input) => input;
        }
        """,
        hasAdapter: false);

    [Fact]
    public Task A_module_without_gradient_members_is_no_mistake() => VerifyAsync(
        """
        [ClipGradNorm(1.0)]
        public sealed partial class Net : nn.Module<Tensor, Tensor>
        {
            public Net() : base("Net") { }
            public override Tensor forward(Tensor input) => input;
        }
        """);

    [Fact]
    public Task Members_that_hold_no_parameters_cannot_be_grouped() => VerifyAsync(
        """
        [ClipGradNorm(1.0)]
        [ClipGradNorm(2.0, Group = "head")]
        public sealed partial class Net : nn.Module<Tensor, Tensor>
        {
            [Gradient(Group = "head")] private readonly Linear _head = nn.Linear(1, 1);
            [Gradient(Group = "head")] private readonly Parameter _scale = new(ones(1));
            [Gradient(Group = "head")] private readonly ModuleList<Linear> _layers = nn.ModuleList<Linear>();
            [Gradient(Group = "head")] private readonly nn.IModule<Tensor, Tensor> _any = nn.ReLU();
            [{|CLIP003:Gradient(Group = "head")|}] private readonly float[] _buffer = new float[4];
            [{|CLIP003:Gradient(Group = "head")|}] private static readonly Linear _shared = nn.Linear(1, 1);
            [ClipIgnore] private readonly float[] _cache = new float[4];
            public Net() : base("Net") { }
            public override Tensor forward(Tensor input) => input;
        }
        """);

    [Fact]
    public Task Contradictions_missing_words_and_members_in_the_way_are_found() => VerifyAsync(
        """
        [ClipGradNorm(1.0)]
        public class {|CLIP001:Net|} : nn.Module<Tensor, Tensor>
        {
            [Gradient(Group = "nowhere")] private readonly Linear {|CLIP005:_head|} = nn.Linear(1, 1);
            [ClipIgnore, {|CLIP005:ClipGradNorm(2.0)|}] private readonly Linear _left = nn.Linear(1, 1);
            [{|CLIP004:ClipGradValue(-2.0)|}] private readonly Linear _value = nn.Linear(1, 1);
            public Net() : base("Net") { }
            public override Tensor forward(Tensor input) => input;
            public void {|CLIP010:DeclareGradients|}() { }
            public double {|CLIP010:GradientNorm|}() => 0;
        }
        """);

    [Fact]
    public Task Modules_in_a_collection_that_TorchSharp_does_not_register_are_in_no_norm() => VerifyAsync(
        """
        [ClipGradNorm(1.0)]
        public sealed partial class Net : nn.Module<Tensor, Tensor>
        {
            private readonly Linear[] {|CLIP015:_array|} = [nn.Linear(1, 1)];
            private readonly List<nn.Module<Tensor, Tensor>> {|CLIP015:_list|} = [nn.Linear(1, 1)];
            private readonly Dictionary<string, (Linear, int)> {|CLIP015:_named|} = [];
            private readonly Parameter[] {|CLIP015:_scales|} = [new(ones(1))];
            private readonly Block _block = new();
            [ClipIgnore] private readonly Linear[] _teachers = [nn.Linear(1, 1)];
            private readonly ModuleList<Linear> _registered = nn.ModuleList(nn.Linear(1, 1));
            private readonly List<Tensor> _states = [];
            private readonly Func<Linear> _factory = () => nn.Linear(1, 1);
            public Net() : base("Net") => RegisterComponents();
            public override Tensor forward(Tensor input) => _block.call(input);
        }

        public class Block : nn.Module<Tensor, Tensor>
        {
            private readonly Linear[] {|CLIP015:_layers|} = [nn.Linear(1, 1)];
            public Block() : base("Block") => RegisterComponents();
            public override Tensor forward(Tensor input) => _layers[0].call(input);
        }
        """);

    [Fact]
    public Task A_collection_whose_modules_are_registered_by_hand_is_no_mistake() => VerifyAsync(
        """
        [ClipGradNorm(1.0)]
        public sealed partial class Net : nn.Module<Tensor, Tensor>
        {
            private readonly Linear[] _layers = [nn.Linear(1, 1)];
            public Net() : base("Net")
            {
                for (int i = 0; i < _layers.Length; i++)
                    register_module($"layer{i}", _layers[i]);
            }

            public override Tensor forward(Tensor input) => input;
        }

        [ClipGradNorm(1.0)]
        public sealed partial class Contained : nn.Module<Tensor, Tensor>
        {
            private readonly Linear[] _layers = [nn.Linear(1, 1)];
            private readonly ModuleList<Linear> _all;
            public Contained() : base("Contained")
            {
                _all = new ModuleList<Linear>(_layers);
                RegisterComponents();
            }

            public override Tensor forward(Tensor input) => input;
        }
        """);

    private static Task VerifyAsync(string markedSource, bool hasAdapter = true)
    {
        MetadataReference torch = MetadataReference.CreateFromFile(typeof(TorchSharp.torch).Assembly.Location);
        MetadataReference adapter = MetadataReference.CreateFromFile(typeof(TorchGradients).Assembly.Location);
        return DeclarationVerifier.VerifyAsync(Usings + markedSource, hasAdapter ? [torch, adapter] : [torch]);
    }
}

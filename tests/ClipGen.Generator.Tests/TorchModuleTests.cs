using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Generator.Tests;

/// <summary>The whole emitted files of TorchSharp modules, for reading. ClipGen.TorchSharp.Tests runs such code with libtorch.</summary>
public sealed class TorchModuleTests
{
    private const string Usings =
        """
        using System.Collections.Generic;
        using ClipGen;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;

        namespace Demo;

        """;

    [Fact]
    public void Module_with_one_limit() => Approval.Verify(Run(
        """
        [ClipGradNorm(1.0)]
        public sealed partial class Net : nn.Module<Tensor, Tensor>
        {
            private readonly Linear _head = nn.Linear(4, 2);

            public Net()
                : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor input) => _head.call(input);
        }
        """));

    [Fact]
    public void Groups_members_with_limits_and_modules_left_out() => Approval.Verify(Run(
        """
        [ClipGradNorm(1.0, NonFinite = NonFinitePolicy.Zero)]
        [ClipGradNorm(5.0, Group = "embeddings", Scope = ClipScope.PerParameter)]
        public partial class Translator : nn.Module<Tensor, Tensor>
        {
            [Gradient(Group = "embeddings")] protected readonly ModuleList<Embedding> Embeddings = nn.ModuleList<Embedding>();
            [ClipGradValue(0.5)] private readonly Linear @event = nn.Linear(4, 2);
            [ClipIgnore] private readonly Parameter _temperature = new(ones(1));
            private readonly Block _block = new();

            public Translator()
                : base(nameof(Translator)) => RegisterComponents();

            public override Tensor forward(Tensor input) => input;
        }

        [ClipGradNorm(0.5)]
        public partial class BigTranslator : Translator
        {
            [ClipIgnore] public Linear Frozen { get; } = nn.Linear(2, 2);
        }

        [ClipGradNorm(0.25)]
        public partial class CautiousTranslator : BigTranslator;

        public sealed partial class Block : nn.Module<Tensor, Tensor>
        {
            [field: ClipIgnore] public Linear Cached { get; } = nn.Linear(2, 2);

            public Block()
                : base(nameof(Block)) => RegisterComponents();

            public override Tensor forward(Tensor input) => input;
        }

        [ClipGradNorm(3.0)]
        public sealed partial class Agent
        {
            [Gradient] private readonly float[] _dTable = new float[4];
            private readonly Translator _translator = new();
        }
        """));

    [Fact]
    public void Nothing_is_emitted_without_the_package()
    {
        GeneratorRun run = GeneratorHarness.Run(Compile(
            """
            [ClipGradNorm(1.0)]
            public sealed partial class Net : nn.Module<Tensor, Tensor>
            {
                public Net()
                    : base(nameof(Net)) { }

                public override Tensor forward(Tensor input) => input;
            }
            """,
            hasAdapter: false));
        Assert.Empty(run.Files);
    }

    private static GeneratorRun Run(string source) => GeneratorHarness.Run(Compile(source, hasAdapter: true)).AssertCompiles();

    private static CSharpCompilation Compile(string source, bool hasAdapter)
    {
        // TorchSharp is compiled for .NET 8. The SDK tells the compiler to accept later versions.
        CSharpCompilation compilation = GeneratorHarness.Compile(Usings + source);
        compilation = compilation
            .WithOptions(compilation.Options.WithSpecificDiagnosticOptions([new("CS1701", ReportDiagnostic.Suppress)]))
            .AddReferences(MetadataReference.CreateFromFile(typeof(TorchSharp.torch).Assembly.Location));
        return hasAdapter
            ? compilation.AddReferences(MetadataReference.CreateFromFile(typeof(TorchGradients).Assembly.Location))
            : compilation;
    }
}

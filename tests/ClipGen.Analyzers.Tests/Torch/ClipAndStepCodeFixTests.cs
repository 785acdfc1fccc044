using Basic.Reference.Assemblies;
using ClipGen.Analyzers.TrainingLoops;
using ClipGen.CodeFixes.Torch;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;

namespace ClipGen.Analyzers.Tests.Torch;

/// <summary>The fix of CLIP115, for one diagnostic and as FixAll.</summary>
public sealed class ClipAndStepCodeFixTests
{
    [Fact]
    public async Task A_clip_and_a_step_become_one_call()
    {
        const string Source =
            """
            using System;
            using TorchSharp;
            using static TorchSharp.torch;

            class Training
            {
                void Train(Tensor input)
                {
                    var model = nn.Linear(4, 1);
                    var optimizer = optim.SGD(model.parameters(), 0.1);
                    for (int i = 0; i < 3; i++)
                    {
                        optimizer.zero_grad();
                        model.call(input).mean().backward();

                        // Limits the norm.
                        {|CLIP115:nn.utils.clip_grad_norm_(model.parameters(), max_norm: 0.5, norm_type: 1)|};
                        optimizer.step(); // once a batch
                    }

                    for (int i = 0; i < 3; i++)
                    {
                        optimizer.zero_grad();
                        model.call(input).mean().backward();
                        {|CLIP115:ClipGen.TorchGradients.ClipNorm(model.parameters(), 2.0)|};
                        // Now it steps.
                        optimizer.step();
                    }
                }
            }
            """;
        const string Fixed =
            """
            using System;
            using ClipGen;
            using TorchSharp;
            using static TorchSharp.torch;

            class Training
            {
                void Train(Tensor input)
                {
                    var model = nn.Linear(4, 1);
                    var optimizer = optim.SGD(model.parameters(), 0.1);
                    for (int i = 0; i < 3; i++)
                    {
                        optimizer.zero_grad();
                        model.call(input).mean().backward();

                        // Limits the norm.
                        optimizer.ClipAndStep(maxNorm: 0.5, normType: 1); // once a batch
                    }

                    for (int i = 0; i < 3; i++)
                    {
                        optimizer.zero_grad();
                        model.call(input).mean().backward();
                        // Now it steps.
                        optimizer.ClipAndStep(2.0);
                    }
                }
            }
            """;
        MetadataReference[] references =
        [
            .. Net100.References.All,
            AnalyzerHarness.ClipGen,
            MetadataReference.CreateFromFile(typeof(TorchSharp.torch).Assembly.Location),
            AnalyzerHarness.ClipGenTorchSharp,
        ];
        var test = new CSharpCodeFixTest<TrainingLoopAnalyzer, ClipAndStepCodeFix, DefaultVerifier>
        {
            TestCode = Source,
            FixedCode = Fixed,
            ReferenceAssemblies = new ReferenceAssemblies("none"),
        };
        foreach (SolutionState state in new[] { test.TestState, test.FixedState })
            state.AdditionalReferences.AddRange(references);
        await test.RunAsync(TestContext.Current.CancellationToken);
        await NothingNew.AssertAsync([Source], [Fixed], references);
    }
}

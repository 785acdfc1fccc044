using Basic.Reference.Assemblies;
using ClipGen.Analyzers.Torch;
using ClipGen.CodeFixes.Torch;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;

namespace ClipGen.Analyzers.Tests.Torch;

/// <summary>CLIP013 and its fix, one by one and for all at once.</summary>
public sealed class UseTorchGradientsCodeFixTests
{
    [Fact]
    public Task Replaces_every_form_of_call() => VerifyAsync(
        """
        using System;
        using System.Linq;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn.utils;

        class Training
        {
            void Step(nn.Module model, Parameter[] parameters)
            {
                {|CLIP013:torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)|}; // once a step
                double norm = {|CLIP013:nn.utils.clip_grad_norm_(parameters.ToArray(), max_norm: 0.5, norm_type: 1)|};
                Console.WriteLine({|CLIP013:clip_grad_norm_(model.parameters(), 1.0)|});
                _ = {|CLIP013:clip_grad_norm_(norm_type: 2.0, tensors: parameters, max_norm: 3)|};
                Func<double> lazy = () => {|CLIP013:clip_grad_norm_(parameters, 1.0)|};
                {|CLIP013:nn.utils.clip_grad_value_(
                    parameters,
                    clip_value: 0.5)|};
            }
        }
        """,
        """
        using System;
        using System.Linq;
        using ClipGen;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn.utils;

        class Training
        {
            void Step(nn.Module model, Parameter[] parameters)
            {
                TorchGradients.ClipNorm(model.parameters(), 1.0); // once a step
                double norm = TorchGradients.ClipNorm(parameters.ToArray(), maxNorm: 0.5, normType: 1).TotalNorm;
                Console.WriteLine(TorchGradients.ClipNorm(model.parameters(), 1.0).TotalNorm);
                _ = TorchGradients.ClipNorm(normType: 2.0, parameters: parameters, maxNorm: 3);
                Func<double> lazy = () => TorchGradients.ClipNorm(parameters, 1.0).TotalNorm;
                TorchGradients.ClipValue(
                    parameters,
                    clipValue: 0.5);
            }
        }
        """,
        hasAdapter: true);

    [Fact]
    public Task Says_nothing_without_the_package()
    {
        const string Source =
            """
            using TorchSharp;

            class Training
            {
                void Step(torch.nn.Module model) => torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0);
            }
            """;
        return VerifyAsync(Source, Source, hasAdapter: false);
    }

    [Fact]
    public Task Says_nothing_about_functions_of_the_same_name()
    {
        const string Source =
            """
            class utils
            {
                static double clip_grad_norm_(float[] gradients, double max_norm) => max_norm;

                double Step(float[] gradients) => clip_grad_norm_(gradients, 1.0);
            }
            """;
        return VerifyAsync(Source, Source, hasAdapter: true);
    }

    private static Task VerifyAsync(string source, string fixedSource, bool hasAdapter)
    {
        var test = new CSharpCodeFixTest<TorchClipAnalyzer, UseTorchGradientsCodeFix, DefaultVerifier>
        {
            TestCode = source,
            FixedCode = fixedSource,
            ReferenceAssemblies = new ReferenceAssemblies("none"),
            NumberOfFixAllIterations = source == fixedSource ? 0 : 1,
        };
        foreach (SolutionState state in new[] { test.TestState, test.FixedState })
        {
            state.AdditionalReferences.AddRange(Net100.References.All);
            state.AdditionalReferences.Add(MetadataReference.CreateFromFile(typeof(ClipGradNormAttribute).Assembly.Location));
            state.AdditionalReferences.Add(MetadataReference.CreateFromFile(typeof(TorchSharp.torch).Assembly.Location));
            if (hasAdapter)
                state.AdditionalReferences.Add(MetadataReference.CreateFromFile(typeof(TorchGradients).Assembly.Location));
        }

        return test.RunAsync(TestContext.Current.CancellationToken);
    }
}

using ClipGen.Analyzers.TrainingLoops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Analyzers.Tests.TrainingLoops.HandWritten;

/// <summary>Networks of a library whose source the analyzer does not see.</summary>
public sealed class LibraryOptimizerTests
{
    private static readonly MetadataReference Library = Emit("""
        namespace DeepLibrary;

        public class Variable { public double Data, Grad; public void Backward() { } }
        public class Network { public void ClipGradients(double limit) { } }
        public abstract class Optimizer { public abstract void Step(); public double? MaxNorm { get; set; } }
        public class SGD : Optimizer { public SGD(Network network) { } public override void Step() { } }
        public class Descender : Optimizer { public override void Step() { } }
        public class World { public void Step() { } public void Update() { } }
        """);

    [Theory]
    [InlineData("SGD", "loss().Backward(); {|CLIP101:optimizer.Step()|};")]
    [InlineData("Optimizer", "loss().Backward(); {|CLIP101:optimizer.Step()|};")]
    [InlineData("Descender", "loss().Backward(); {|CLIP101:optimizer.Step()|};")]
    [InlineData("SGD", "loss().Backward(); network.ClipGradients(1); optimizer.Step();")]
    [InlineData("SGD", "loss().Backward(); optimizer.MaxNorm = 1; optimizer.Step();")]
    [InlineData("SGD", "optimizer.Step();")]
    [InlineData("World", "loss().Backward(); optimizer.Step(); optimizer.Update();")]
    public Task Step_in_a_loop(string type, string statements) => VerifyAsync($$"""
        class Trainer
        {
            void Train({{type}} optimizer, Network network, Func<Variable> loss)
            {
                for (int i = 0; i < 10; i++)
                {
                    {{statements}}
                }
            }
        }
        """);

    [Fact]
    public Task Step_outside_of_any_loop() => VerifyAsync("""
        class Trainer
        {
            void Once(SGD optimizer, Variable loss)
            {
                loss.Backward();
                optimizer.Step();
            }
        }
        """);

    [Fact]
    public Task Update_that_is_written_out() => VerifyAsync("""
        class Trainer
        {
            void Train(List<Variable> parameters, Func<Variable> loss)
            {
                for (int i = 0; i < 10; i++)
                {
                    loss().Backward();
                    foreach (var p in parameters)
                        {|CLIP101:p.Data -= 0.1 * p.Grad|};
                }
            }
        }
        """);

    private static Task VerifyAsync(string source) => AnalyzerHarness.VerifyAsync(
        "using DeepLibrary;\n" + source, [new TrainingLoopAnalyzer()],
        references: [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen, Library]);

    private static PortableExecutableReference Emit(string source)
    {
        using var image = new MemoryStream();
        CSharpCompilation library = AnalyzerHarness.Compile(source, AnalyzerHarness.Framework).WithAssemblyName("DeepLibrary");
        Assert.True(library.Emit(image).Success);
        return MetadataReference.CreateFromImage(image.ToArray());
    }
}

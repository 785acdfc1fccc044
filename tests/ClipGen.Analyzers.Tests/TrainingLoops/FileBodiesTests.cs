using ClipGen.Analyzers.TrainingLoops.Screening;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Analyzers.Tests.TrainingLoops;

/// <summary>The bodies of a file that the training-loop rules analyze.</summary>
public sealed class FileBodiesTests
{
    private const string Source = """
        namespace Outer
        {
            class Net
            {
                Net() { int constructor; }
                ~Net() { int finalizer; }
                void Method() { int method; void Local() { int local; } }
                int Arrow() => 1;
                abstract void Nothing();
                public static Net operator +(Net one, Net two) { int sum; }
                public static implicit operator int(Net net) => 2;
                int Auto { get; set; } = 3;
                int Property { get { int getter; } set => setter = value; }
                int ArrowProperty => 4;
                int this[int i] => 5;
                event Action Happened { add { int adder; } remove { int remover; } }
                Action Field = () => { int lambda; };
                struct Inner { void Nested() { int nested; } }
            }
        }
        interface IDefault { void Call() { int called; } }
        """;

    private static readonly string[] Bodies =
    [
        "constructor", "finalizer", "method", "1", "sum", "2", "getter", "setter", "4", "5", "adder", "remover", "nested", "called",
    ];

    [Fact]
    public void All_bodies_are_found_once_in_the_order_of_the_file()
    {
        SyntaxNode[] found = [.. FileBodies.In(Root(Source), span: null)];

        Assert.Equal(Bodies.Length, found.Length);
        Assert.All(Bodies.Zip(found), pair => Assert.Contains(pair.First, pair.Second.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("sum")]
    [InlineData("getter")]
    [InlineData("nested")]
    public void Of_a_span_only_the_bodies_around_it_are_found(string body)
    {
        SyntaxNode root = Root(Source);
        SyntaxToken token = root.DescendantTokens().Single(each => each.ValueText == body);

        Assert.Equal([token.Parent!.AncestorsAndSelf().First(FileBodies.In(root, span: null).Contains)], FileBodies.In(root, token.Span));
    }

    [Fact]
    public void Top_level_statements_are_a_body_of_the_file() =>
        Assert.Equal(
            [SyntaxKind.CompilationUnit, SyntaxKind.MethodDeclaration],
            FileBodies.In(Root("int i = 0; class Net { void Method() { } }"), span: null).Select(node => node.Kind()));

    private static SyntaxNode Root(string source) =>
        CSharpSyntaxTree.ParseText(source, cancellationToken: TestContext.Current.CancellationToken)
            .GetRoot(TestContext.Current.CancellationToken);
}

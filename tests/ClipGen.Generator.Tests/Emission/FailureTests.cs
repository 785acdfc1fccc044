using System.Reflection;
using ClipGen.Generator.Emission;
using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Generator.Tests.Emission;

/// <summary>
/// If the generator itself fails for a type, an error is reported, the type gets no code, and all other types keep theirs.
/// </summary>
public sealed class FailureTests
{
    private const string Source = "using ClipGen; [ClipGradNorm(1.0)] public partial class Net { [Gradient] float[] _d; }";

    [Fact]
    public void A_type_whose_reading_throws_has_an_error_and_no_code()
    {
        CSharpCompilation compilation = GeneratorHarness.Compile(Source);
        INamedTypeSymbol type = Unreadable.Wrap(compilation.GetTypeByMetadataName("Net")!, new InvalidOperationException("one\nline"));

        ParsedGradientSource parsed = GradientSourceIndex.Of(compilation).Read(type, TestContext.Current.CancellationToken);

        Assert.True(parsed.HasErrors);
        string reason = Assert.IsType<string>(Assert.Single(parsed.Problems).Arguments[1]);
        Assert.StartsWith("ClipGen failed on this declaration (InvalidOperationException: one line)", reason, StringComparison.Ordinal);
        Assert.Empty(GradientSourceDiscovery.Find(type, WellKnownNames.ClipGradNorm, compilation, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_type_that_can_be_read_has_code_by_the_same_way()
    {
        CSharpCompilation compilation = GeneratorHarness.Compile(Source);
        INamedTypeSymbol type = compilation.GetTypeByMetadataName("Net")!;

        Assert.Single(GradientSourceDiscovery.Find(type, WellKnownNames.ClipGradNorm, compilation, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_cancelled_reading_is_no_failure()
    {
        CSharpCompilation compilation = GeneratorHarness.Compile(Source);
        INamedTypeSymbol type = Unreadable.Wrap(compilation.GetTypeByMetadataName("Net")!, new OperationCanceledException());

        Assert.Throws<OperationCanceledException>(
            () => GradientSourceDiscovery.Find(type, WellKnownNames.ClipGradNorm, compilation, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_declaration_that_cannot_be_written_is_an_error_that_names_the_type()
    {
        CSharpCompilation compilation = GeneratorHarness.Compile(Source);
        GradientSourceDeclaration source = GradientSourceIndex.Of(compilation)
            .Read(compilation.GetTypeByMetadataName("Net")!, TestContext.Current.CancellationToken).Declaration;
        GradientSourceDeclaration broken = source with { Members = new GradientMember[] { null! }.ToEquatableArray() };

        EmittedFile file = EmittedFile.Of(broken, EquatableArray<string>.Empty);

        Assert.Null(file.Text);
        Diagnostic diagnostic = file.DescribeFailure(broken);
        Assert.Equal(("CLIP003", DiagnosticSeverity.Error), (diagnostic.Id, diagnostic.Severity));
        Assert.StartsWith("The gradients of 'Net' cannot be clipped: ClipGen failed on this declaration (", diagnostic.GetMessage(null),
            StringComparison.Ordinal);
        Assert.NotNull(EmittedFile.Of(source, EquatableArray<string>.Empty).Text);
    }

    /// <summary>A type that throws when its base is read.</summary>
    public class Unreadable : DispatchProxy
    {
        private INamedTypeSymbol _type = null!;
        private Exception _exception = null!;

        public static INamedTypeSymbol Wrap(INamedTypeSymbol type, Exception exception)
        {
            INamedTypeSymbol proxy = Create<INamedTypeSymbol, Unreadable>();
            (((Unreadable)(object)proxy)._type, ((Unreadable)(object)proxy)._exception) = (type, exception);
            return proxy;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
        {
            "get_BaseType" => throw _exception,
            "get_OriginalDefinition" => this,
            "Equals" => ReferenceEquals(args![0], this),
            _ => targetMethod.Invoke(_type, args),
        };
    }
}

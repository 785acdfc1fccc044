using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Tests.Compilers;

/// <summary>These tests run in two compilers. The name of the project selects the compiler.</summary>
public sealed class CompilerVersionTests
{
    [Fact]
    public void The_tests_run_in_the_compiler_that_their_project_is_named_after()
    {
        bool isOldest = typeof(CompilerVersionTests).Assembly.GetName().Name!.EndsWith(".OldestRoslyn", StringComparison.Ordinal);

        Version version = typeof(CSharpCompilation).Assembly.GetName().Version!;

        Assert.Equal(isOldest ? new Version(4, 8) : new Version(5, 12), new Version(version.Major, version.Minor));
        Assert.Equal(isOldest ? "12.0" : "15.0", LanguageVersion.Latest.MapSpecifiedToEffectiveVersion().ToDisplayString());
    }
}

using System.Reflection;

namespace ClipGen.Analyzers.Tests.Declarations;

/// <summary>
/// CLIP007 and CLIP016 on whole hand-written networks, in the styles of public ones (<c>Networks</c>). The expected diagnostics were marked
/// before the rules were run: every undeclared gradient of a parameter, and every member that caches activations. Hidden states, running
/// means, masks and the moments of optimizers are not marked.
/// </summary>
public sealed class HandWrittenNetworkTests
{
    private const string Prefix = "Networks/";

    private const string Usings = "using System; using System.Collections.Generic; using System.IO; using System.Linq; using ClipGen;\n";

    private static readonly Assembly Tests = typeof(HandWrittenNetworkTests).Assembly;

    public static TheoryData<string> Networks() =>
        [.. Tests.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Networks))]
    public async Task Is_reported_for_every_gradient_and_cached_activation_and_nothing_else(string network) =>
        await UndeclaredGradientVerifier.VerifyFilesAsync([UndeclaredGradientVerifier.Runtime], Usings, [await ReadAsync(network)]);

    [Fact]
    public void There_are_networks_of_every_style() => Assert.True(Networks().Count > 20);

    private static async Task<string> ReadAsync(string network)
    {
        using var reader = new StreamReader(Tests.GetManifestResourceStream(network)!);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}

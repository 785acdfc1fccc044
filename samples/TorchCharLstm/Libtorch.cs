using System.Runtime.InteropServices;
using TorchSharp;

namespace TorchCharLstm;

/// <summary>Checks whether TorchSharp's native libraries can be loaded, before TorchSharp is used.</summary>
internal static class Libtorch
{
    private static readonly Lazy<string?> Problem = new(Load);

    /// <summary>The reason why they cannot be loaded, and what to do; null if they can be.</summary>
    public static string? WhyNot => Problem.Value;

    private static string? Load()
    {
        try
        {
            // In the order in which TorchSharp loads them, so that the message names the first that fails.
            foreach (string library in (ReadOnlySpan<string>)["torch_cpu", "LibTorchSharp"])
                NativeLibrary.Load(library, typeof(torch).Assembly, null);
            return null;
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            string advice = exception.Message.Contains("GLIBCXX", StringComparison.Ordinal)
                ? "The system's libstdc++ is older than TorchSharp wants (GCC 13). Use a newer system (Debian 13, Ubuntu 24.04), or build "
                    + "in a folder where the build may write: it then adapts its copy of the library "
                    + "(build/LibtorchOnOldSystems.targets)."
                : $"There is no libtorch for {RuntimeInformation.RuntimeIdentifier} in the output folder. Restore the packages again; on a "
                    + "platform that build/LibtorchOnOldSystems.targets does not know, reference a libtorch package of TorchSharp's "
                        + "choice there.";
            return $"libtorch cannot be loaded. {advice}\n{exception.Message}";
        }
    }
}

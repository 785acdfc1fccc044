using ClipGen.Torch.Stepping;

namespace ClipGen.Torch.Tests.Stepping;

/// <summary>Steps by the optimizers' own step method.</summary>
internal static class Unfused
{
    /// <summary>Runs a function with fused steps turned off.</summary>
    internal static T Run<T>(Func<T> run)
    {
        FusedStep.IsEnabled = false;
        try
        {
            return run();
        }
        finally
        {
            FusedStep.IsEnabled = true;
        }
    }
}

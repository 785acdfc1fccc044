using ClipGen.Torch.Stepping;

namespace ClipGen.Torch.Tests.Stepping;

/// <summary>Steps that the optimizers take themselves.</summary>
internal static class Unfused
{
    /// <summary>Runs something without fused steps.</summary>
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

namespace ClipGen.Torch.Remote;

/// <summary>Counts the operations on other devices, for tests: the caller waits for the device in every fetch.</summary>
internal sealed class RemoteTraffic
{
    [ThreadStatic]
    private static RemoteTraffic? _observed;

    /// <summary>The counter of the current thread's operations; null if they are not counted.</summary>
    internal static RemoteTraffic? Observed
    {
        get => _observed;
        set => _observed = value;
    }

    /// <summary>The number of tensors copied to the CPU.</summary>
    internal int Fetches { get; set; }

    /// <summary>The number of operations launched on a device.</summary>
    internal int Launches { get; set; }

    /// <summary>The number of elements converted to <see cref="double"/> on a device.</summary>
    internal long Widened { get; set; }
}

namespace ClipGen.Torch.Remote;

/// <summary>What was asked of other devices. Counted for tests: every fetch makes the caller wait for the device.</summary>
internal sealed class RemoteTraffic
{
    [ThreadStatic]
    private static RemoteTraffic? _observed;

    /// <summary>Where this thread's operations are counted; null where nobody asks.</summary>
    internal static RemoteTraffic? Observed
    {
        get => _observed;
        set => _observed = value;
    }

    /// <summary>Tensors that were copied to the CPU.</summary>
    internal int Fetches { get; set; }

    /// <summary>Operations that a device was given.</summary>
    internal int Launches { get; set; }

    /// <summary>Elements that were converted to <see cref="double"/> on a device.</summary>
    internal long Widened { get; set; }
}

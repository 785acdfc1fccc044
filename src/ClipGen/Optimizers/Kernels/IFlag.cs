namespace ClipGen.Optimizers.Kernels;

/// <summary>An option that is decided when a kernel is compiled, so that what is off costs nothing.</summary>
internal interface IFlag
{
    static abstract bool IsSet { get; }
}

/// <summary>The option is on.</summary>
internal readonly struct On : IFlag
{
    public static bool IsSet => true;
}

/// <summary>The option is off.</summary>
internal readonly struct Off : IFlag
{
    public static bool IsSet => false;
}

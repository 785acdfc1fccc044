namespace ClipGen.Optimizers.Kernels;

/// <summary>An option that is constant when the JIT compiles a kernel, so that a disabled option costs nothing.</summary>
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

namespace ClipGen.Analyzers.Torch;

/// <summary>The replacement of a call of TorchSharp's clip functions.</summary>
internal enum TorchReplacement
{
    /// <summary>The method of <c>TorchGradients</c>.</summary>
    Call,

    /// <summary>The same, with <c>NonFinitePolicy.Propagate</c>, because the program may test the norm.</summary>
    Propagating,

    /// <summary><c>ClipGradients()</c> of a model that declares its limit.</summary>
    Declared,

    /// <summary>The same, for a model whose policy does not throw, so that the result is discarded explicitly.</summary>
    DeclaredWithoutThrow,

    /// <summary><c>Gradients.Clip</c>, for a model that is known by a base type.</summary>
    DeclaredBehindBase,
}

namespace ClipGen.Analyzers.Torch;

/// <summary>What stands for a call of TorchSharp's clipping functions.</summary>
internal enum TorchReplacement
{
    /// <summary>The method of <c>TorchGradients</c>.</summary>
    Call,

    /// <summary>The same, with a NaN in the norm instead of an exception, since the program may test the norm.</summary>
    Propagating,

    /// <summary><c>ClipGradients()</c> of a model that declares its limit.</summary>
    Declared,

    /// <summary>The same, of a model whose policy does not throw, so that the result is dropped on purpose.</summary>
    DeclaredWithoutThrow,

    /// <summary><c>Gradients.Clip</c>, for a model that is known by a base type.</summary>
    DeclaredBehindBase,
}

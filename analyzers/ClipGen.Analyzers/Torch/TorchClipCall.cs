using System.Collections.Immutable;

namespace ClipGen.Analyzers.Torch;

/// <summary>TorchSharp's clip functions, and ClipGen's replacement for each (CLIP013).</summary>
internal static class TorchClipCall
{
    /// <summary>The replacing class, in the package ClipGen.TorchSharp.</summary>
    public const string Replacement = "ClipGen.TorchGradients";

    /// <summary>The class that contains the functions.</summary>
    public const string Utilities = "TorchSharp.torch+nn+utils";

    /// <summary>The function that clips by the norm.</summary>
    public const string Norm = "clip_grad_norm_";

    /// <summary>The replacing method of each function.</summary>
    public static ImmutableDictionary<string, string> Methods { get; } = ImmutableDictionary<string, string>.Empty
        .Add(Norm, "ClipNorm")
        .Add("clip_grad_value_", "ClipValue");
}

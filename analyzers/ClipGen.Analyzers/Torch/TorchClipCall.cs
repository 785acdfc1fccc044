using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Torch;

/// <summary>The rule about TorchSharp's own clipping functions, and what stands for each in ClipGen.</summary>
internal static class TorchClipCall
{
    public const string RuleId = "CLIP013";

    /// <summary>The class that replaces them, from the package ClipGen.TorchSharp.</summary>
    public const string Replacement = "ClipGen.TorchGradients";

    /// <summary>The class that holds them.</summary>
    public const string Utilities = "TorchSharp.torch+nn+utils";

    public static readonly DiagnosticDescriptor Rule = RuleDescriptor.Create(
        RuleId,
        "TorchGradients clips faster and without overflow",
        "'{0}' loses digits, overflows, and spreads a NaN to all gradients; TorchGradients.{1} does not",
        DiagnosticSeverity.Info);

    /// <summary>The method that stands for each function.</summary>
    public static ImmutableDictionary<string, string> Methods { get; } = ImmutableDictionary<string, string>.Empty
        .Add("clip_grad_norm_", "ClipNorm")
        .Add("clip_grad_value_", "ClipValue");
}

using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>The names of the runtime library's types that generator and analyzers look up.</summary>
internal static class WellKnownNames
{
    public const string Namespace = "ClipGen";

    public const string ClipGradNorm = "ClipGradNormAttribute";
    public const string ClipGradValue = "ClipGradValueAttribute";
    public const string AutoClip = "AutoClipAttribute";
    public const string ZClip = "ZClipAttribute";
    public const string AdaptiveClip = "AdaptiveClipAttribute";
    public const string AdaGC = "AdaGCAttribute";
    public const string Gradient = "GradientAttribute";
    public const string Parameter = "ParameterAttribute";
    public const string ClipIgnore = "ClipIgnoreAttribute";
    public const string Replicated = "ReplicatedAttribute";

    public const string GradientSource = "GradientSourceAttribute";

    /// <summary>The attributes that declare a limit.</summary>
    public static readonly string[] ClipAttributes = [ClipGradNorm, ClipGradValue, AutoClip, ZClip, AdaptiveClip, AdaGC];

    public const string IGradientSource = "IGradientSource";
    public const string IClippable = "IClippable";

    /// <summary>The traversal of every gradient source.</summary>
    public const string VisitGradients = "VisitGradients";

    /// <summary>The virtual half of the traversal, which derived sources override.</summary>
    public const string VisitAllGradients = "VisitAllGradients";

    /// <summary>The part of the traversal that visits the type's own gradients.</summary>
    public const string VisitOwnGradients = "VisitOwnGradients";

    public static string FullName(string typeName) => Namespace + "." + typeName;

    /// <summary>Whether <paramref name="type"/> is the type of that name in the runtime library's namespace.</summary>
    public static bool IsClipGenType(ITypeSymbol? type, string name) =>
        type is { ContainingNamespace: { Name: Namespace, ContainingNamespace.IsGlobalNamespace: true } }
        && type.Name == name;

    public static AttributeData? FindAttribute(ISymbol symbol, string name)
    {
        foreach (AttributeData attribute in symbol.GetAttributes())
        {
            if (IsClipGenType(attribute.AttributeClass, name))
            {
                return attribute;
            }
        }

        return null;
    }
}

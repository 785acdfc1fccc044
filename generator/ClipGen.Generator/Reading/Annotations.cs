using ClipGen.Generator.Torch;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>Reads a type's own attributes.</summary>
internal static class Annotations
{
    /// <summary>
    /// Whether the attributes of the type or of its members cause code to be generated: for a model, or for declared gradients.
    /// </summary>
    public static bool IsAnnotated(INamedTypeSymbol type) =>
        type.GetAttributes().Any(attribute =>
            LimitParser.IsClipAttribute(attribute) || WellKnownNames.IsClipGenType(attribute.AttributeClass, WellKnownNames.GradientSource))
        || type.GetMembers().Any(MemberSymbols.MakesGradientSource)
        || TorchModules.IsModuleWithIgnored(type);

    /// <summary>Whether the type implements the traversal, hand-written or already generated.</summary>
    public static bool ImplementsTraversal(ITypeSymbol type) =>
        WellKnownNames.IsClipGenType(type, WellKnownNames.IGradientSource)
        || type.AllInterfaces.Any(implemented => WellKnownNames.IsClipGenType(implemented, WellKnownNames.IGradientSource));
}

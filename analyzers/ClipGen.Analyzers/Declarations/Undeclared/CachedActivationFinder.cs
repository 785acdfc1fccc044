using ClipGen.Generator.Reading;
using ClipGen.Generator.Torch;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Declarations.Undeclared;

/// <summary>
/// Finds the members of visited types that hold gradient sources and that a forward pass fills (CLIP016). The gradients of these
/// activations count in the norm.
/// </summary>
internal static class CachedActivationFinder
{
    /// <summary>The members, each with the method that fills it.</summary>
    public static IEnumerable<(ISymbol Member, string Method)> Find(
        INamedTypeSymbol type, ModelReach reach, Compilation compilation, CancellationToken cancellation)
    {
        bool isVisited = reach.IsReached(type) && (Annotations.IsAnnotated(type) || reach.IsEmitted(type));
        if (!isVisited || !UndeclaredGradientFinder.CanDeclare(type) || TorchModules.IsModule(type))
        {
            yield break;
        }

        var parser = GradientSourceIndex.Of(compilation);
        var state = new StateEvidence(reach, cancellation);
        foreach (ISymbol member in MemberSymbols.Held(type))
        {
            ITypeSymbol memberType = MemberSymbols.TypeOf(member);
            if (!MemberSymbols.MarksGradient(member)
                && !MemberSymbols.Attributes(member)
                    .Any(attribute => WellKnownNames.IsClipGenType(attribute.AttributeClass, WellKnownNames.Gradient))
                && !MemberSymbols.IsGenerated(member, compilation.Assembly)
                && parser.Forms.ParseHeldGradientSource(memberType) is not null
                && state.FilledBy(member, memberType) is { } method)
            {
                yield return (member, method);
            }
        }
    }
}

using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>Determines how the generated members of a type relate to those of its base classes.</summary>
internal sealed class InheritanceReader(
    GradientSourceIndex index, INamedTypeSymbol type, List<INamedTypeSymbol> uses, List<Problem> problems)
{
    public TraversalKind ReadTraversal()
    {
        if (FindTraversal(type) is { } own)
        {
            CheckPublic(own);
            return TraversalKind.HandWritten;
        }

        if (ImplementsTraversalExplicitly(type))
        {
            return TraversalKind.HandWritten;
        }

        for (INamedTypeSymbol? ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (FindTraversal(ancestor) is { } traversal)
            {
                CheckPublic(traversal);
                if (MemberReadability.IsObsoleteError(traversal))
                {
                    Refuse($"using '{ancestor.Name}.{traversal.Name}' is an error because of its [Obsolete]; make the attribute a warning");
                }

                return FindMethod(ancestor, WellKnownNames.VisitAllGradients) is { IsVirtual: true } or { IsOverride: true }
                    ? TraversalKind.Derived
                    : OverHandWritten(traversal);
            }

            if (index.IsGenerated(ancestor))
            {
                uses.Add(ancestor.OriginalDefinition);
                return OverGenerated(index.Read(ancestor, CancellationToken.None).Declaration.Traversal);
            }

            if (FindMethod(ancestor, WellKnownNames.VisitAllGradients) is not null)
            {
                return TraversalKind.Derived;
            }

            if (ImplementsTraversalExplicitly(ancestor))
            {
                Refuse($"its base '{ancestor.Name}' implements IGradientSource explicitly, and cannot be called from here; make its "
                    + "VisitGradients public and virtual");
                return TraversalKind.HandWritten;
            }
        }

        return type switch
        {
            { IsValueType: true } or { IsSealed: true } => TraversalKind.Sealed,
            { IsAbstract: true } => TraversalKind.AbstractRoot,
            _ => TraversalKind.Root,
        };
    }

    /// <summary>A method that conflicts with the generated one, and implements nothing.</summary>
    private void CheckPublic(IMethodSymbol traversal)
    {
        if (traversal.DeclaredAccessibility != Accessibility.Public)
        {
            Refuse($"'{traversal.ContainingType.Name}.{traversal.Name}' is not public, so that it implements no IGradientSource; make it "
                + "public, or remove it");
        }
        else if (!HasConstraintsOfInterface(traversal.TypeParameters[0]))
        {
            Refuse(
                $"'{traversal.ContainingType.Name}.{traversal.Name}' implements no IGradientSource, since its type parameter has other "
                    + $"constraints; write where {traversal.TypeParameters[0].Name} : struct, IGradientVisitor");
        }
    }

    /// <summary>The constraints of the interface's method, which an implementation repeats and an override inherits.</summary>
    private static bool HasConstraintsOfInterface(ITypeParameterSymbol visitor) =>
        visitor is
        {
            HasValueTypeConstraint: true,
            HasUnmanagedTypeConstraint: false,
            HasConstructorConstraint: false,
            ConstraintTypes: [var constraint],
        }
        && WellKnownNames.IsClipGenType(constraint, "IGradientVisitor");

    private void Refuse(string reason) =>
        problems.Add(new Problem(RuleIds.CannotBeClipped, true, type, null, type.Name, reason, GradientFormParser.SupportedForms));

    public static ClipMembersKind ReadClipMembers(GradientSourceIndex index, INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            bool isGeneratedModel = index.IsInThisCompilation(ancestor)
                ? DeclaresLimits(ancestor.OriginalDefinition)
                : ancestor.GetMembers("GetGradientNorms")
                    .Any(member => member is { IsVirtual: true } or { IsOverride: true, IsSealed: false });
            if (isGeneratedModel)
            {
                return ClipMembersKind.Override;
            }
        }

        return type.IsValueType || type.IsSealed ? ClipMembersKind.Plain : ClipMembersKind.Virtual;
    }

    /// <summary>Whether the type has a limit, for all its gradients or for a member.</summary>
    private static bool DeclaresLimits(INamedTypeSymbol type) =>
        type.GetAttributes().Any(LimitParser.IsClipAttribute)
        || type.GetMembers().Any(member => member is not INamedTypeSymbol && member.GetAttributes().Any(LimitParser.IsClipAttribute));

    /// <summary>A generated traversal that replaces a hand-written one has no virtual half.</summary>
    private static TraversalKind OverGenerated(TraversalKind ancestor) => ancestor switch
    {
        TraversalKind.OverridesHandWritten or TraversalKind.ImplementsAbstract => TraversalKind.OverridesHandWritten,
        TraversalKind.HidesHandWritten => TraversalKind.HidesHandWritten,
        _ => TraversalKind.Derived,
    };

    private static TraversalKind OverHandWritten(IMethodSymbol traversal) => traversal switch
    {
        { IsAbstract: true } => TraversalKind.ImplementsAbstract,
        { IsVirtual: true } or { IsOverride: true, IsSealed: false } => TraversalKind.OverridesHandWritten,
        _ => TraversalKind.HidesHandWritten,
    };

    private IMethodSymbol? FindTraversal(INamedTypeSymbol candidate) =>
        FindMethod(candidate, WellKnownNames.VisitGradients);

    private IMethodSymbol? FindMethod(INamedTypeSymbol candidate, string name) =>
        candidate.GetMembers(name).OfType<IMethodSymbol>().FirstOrDefault(
            method => method is { Arity: 1, IsStatic: false, ReturnsVoid: true, Parameters: [{ RefKind: RefKind.Ref } visitor] }
                && SymbolEqualityComparer.Default.Equals(visitor.Type, method.TypeParameters[0])
                && !MemberSymbols.IsGenerated(method, type.ContainingAssembly));

    private static bool ImplementsTraversalExplicitly(INamedTypeSymbol candidate) =>
        candidate.GetMembers().OfType<IMethodSymbol>().Any(
            method => method.ExplicitInterfaceImplementations.Any(
                implemented => WellKnownNames.IsClipGenType(implemented.ContainingType, WellKnownNames.IGradientSource)));
}

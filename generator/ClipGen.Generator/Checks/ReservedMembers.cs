using System.Globalization;
using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;
using ClipGen.Generator.Torch;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Checks;

/// <summary>Finds members of the user's that stand where generated ones would go.</summary>
internal static class ReservedMembers
{
    /// <summary>The generated struct through which the runtime reads a model's gradients.</summary>
    public const string SourceStruct = "ClipGenSource";

    /// <summary>What the names of the generated structs begin with that hold unrolled code; a number follows.</summary>
    public const string UnrolledStructs = "ClipGenGroup";

    /// <summary>The generated field that holds several limits.</summary>
    public const string LimitsField = "ClipGenLimits";

    /// <summary>The clipping members, each with the types of its parameters.</summary>
    private static readonly (string Name, string[] Parameters)[] ClipMembers =
    [
        ("ClipGradients", []),
        ("ClipGradients", ["double"]),
        ("GradientNorm", []),
        ("ScaleGradients", ["double"]),
        ("ZeroGradients", []),
        ("GetGradientNorms", ["System.Span<double>"]),
    ];

    private static readonly string[] ClipNames = ["GradientNames", SourceStruct, LimitsField];

    public static void Check(INamedTypeSymbol type, TraversalKind traversal, ClipMembersKind clipMembers, List<Problem> problems)
    {
        if (TorchModules.IsTorch(traversal))
        {
            CheckName(type, WellKnownNames.VisitGradients, problems);
            CheckName(type, TorchModules.DeclareGradients, problems);
            CheckTypeName(type, [WellKnownNames.VisitGradients, TorchModules.DeclareGradients], problems);
        }
        else if (traversal != TraversalKind.HandWritten)
        {
            CheckName(type, WellKnownNames.VisitAllGradients, problems);
            CheckName(type, WellKnownNames.VisitOwnGradients, problems);
            CheckTypeName(type, [WellKnownNames.VisitGradients, WellKnownNames.VisitAllGradients, WellKnownNames.VisitOwnGradients], problems);
            if (type.GetMembers(WellKnownNames.VisitGradients).FirstOrDefault(StandsWhereTraversalGoes) is { } conflict)
            {
                problems.Add(new Problem(RuleIds.ReservedMember, true, conflict, null, WellKnownNames.VisitGradients, type.Name));
            }

            foreach (string name in type.MemberNames.Where(IsNameOfUnrolledStruct))
            {
                CheckName(type, name, problems);
            }

            CheckTypeName(type, NamesOf(type).Where(IsNameOfUnrolledStruct), problems);
        }

        if (clipMembers == ClipMembersKind.None)
        {
            return;
        }

        CheckTypeName(type, ClipMembers.Select(member => member.Name).Concat(ClipNames), problems);

        // A generated base's members are overridden; any other base's would be hidden behind the user's back.
        INamedTypeSymbol? last = clipMembers == ClipMembersKind.Override ? type.BaseType : null;
        for (INamedTypeSymbol? current = type; current is not null && !SymbolEqualityComparer.Default.Equals(current, last); current = current.BaseType)
        {
            foreach (string name in ClipNames)
            {
                CheckName(current, name, problems, type);
            }

            foreach ((string name, string[] parameters) in ClipMembers)
            {
                ISymbol? conflict = current.GetMembers(name).FirstOrDefault(
                    member => (member is not IMethodSymbol method || HasParameters(method, parameters)) && IsInTheWay(member, type));
                if (conflict is not null)
                {
                    problems.Add(new Problem(
                        RuleIds.ReservedMember, true, ReportedOn(conflict, type), null, $"{name}({string.Join(", ", parameters)})", type.Name));
                }
            }
        }
    }

    /// <summary>A member cannot be named as its type or one of its type parameters is.</summary>
    private static void CheckTypeName(INamedTypeSymbol type, IEnumerable<string> names, List<Problem> problems)
    {
        foreach (string name in names.Where(NamesOf(type).Contains).Distinct())
        {
            ISymbol named = name == type.Name ? type : type.TypeParameters.First(parameter => parameter.Name == name);
            problems.Add(new Problem(RuleIds.ReservedMember, true, named, null, name, type.Name));
        }
    }

    private static IEnumerable<string> NamesOf(INamedTypeSymbol type) => type.TypeParameters.Select(parameter => parameter.Name).Prepend(type.Name);

    /// <summary>A member that is no method, or a method with the parameter of the traversal that is none: no second one can differ in <c>ref</c> or in the rest.</summary>
    private static bool StandsWhereTraversalGoes(ISymbol member) =>
        member is not IMethodSymbol method
        || (method is { Arity: 1, Parameters: [{ RefKind: not RefKind.None } visitor] }
            && SymbolEqualityComparer.Default.Equals(visitor.Type, method.TypeParameters[0])
            && (method.IsStatic || !method.ReturnsVoid || visitor.RefKind != RefKind.Ref));

    /// <summary>The names of the members that are added to a model, besides those of unrolled structs, which are many.</summary>
    public static IEnumerable<string> NamesFor(TraversalKind traversal)
    {
        IEnumerable<string> clip = ClipMembers.Select(member => member.Name).Concat(ClipNames);
        return traversal == TraversalKind.HandWritten
            ? clip
            : clip.Concat([WellKnownNames.VisitGradients, WellKnownNames.VisitAllGradients, WellKnownNames.VisitOwnGradients]);
    }

    /// <summary>Whether a generated type inside of the user's may have the name.</summary>
    public static bool IsNameOfNestedType(string name) => name == SourceStruct || IsNameOfUnrolledStruct(name);

    private static bool IsNameOfUnrolledStruct(string name) =>
        name.StartsWith(UnrolledStructs, StringComparison.Ordinal) && int.TryParse(name.Substring(UnrolledStructs.Length), NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static void CheckName(INamedTypeSymbol current, string name, List<Problem> problems, INamedTypeSymbol? type = null)
    {
        type ??= current;
        if (current.GetMembers(name).FirstOrDefault(member => IsInTheWay(member, type)) is { } conflict)
        {
            problems.Add(new Problem(RuleIds.ReservedMember, true, ReportedOn(conflict, type), null, name, type.Name));
        }
    }

    private static bool HasParameters(IMethodSymbol method, string[] types) =>
        method.Arity == 0
        && method.Parameters.Length == types.Length
        && method.Parameters.Zip(types, (parameter, expected) => parameter.Type.ToDisplayString() == expected).All(isSame => isSame);

    /// <summary>Neither generated itself, nor a base's private member, which does not meet those of its heirs.</summary>
    private static bool IsInTheWay(ISymbol member, INamedTypeSymbol type) =>
        !SourceMembers.IsGenerated(member, type.ContainingAssembly)
        && (member.DeclaredAccessibility != Accessibility.Private || SymbolEqualityComparer.Default.Equals(member.ContainingType, type));

    /// <summary>A member of a base in another assembly has no place in this one's source.</summary>
    private static ISymbol ReportedOn(ISymbol member, INamedTypeSymbol type) =>
        SymbolEqualityComparer.Default.Equals(member.ContainingAssembly, type.ContainingAssembly) ? member : type;
}

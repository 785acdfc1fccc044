using System.Globalization;
using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;
using ClipGen.Generator.Torch;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Checks;

/// <summary>
/// Finds members of the user that conflict with generated ones. A clipping member that the model declares with the generated signature
/// replaces the generated one.
/// </summary>
internal static class ReservedMembers
{
    /// <summary>The generated struct that gives the runtime access to a model's gradients.</summary>
    public const string SourceStruct = "ClipGenSource";

    /// <summary>The prefix of the generated structs with unrolled code. A number follows.</summary>
    public const string UnrolledStructs = "ClipGenGroup";

    /// <summary>The generated field for several limits.</summary>
    public const string LimitsField = "ClipGenLimits";

    /// <summary>The clipping members, each with its return and parameter types.</summary>
    private static readonly ClipMember[] ClipMembers =
    [
        new("ClipGradients", "ClipGen.ClipResult"),
        new("ClipGradients", "ClipGen.ClipResult", "double"),
        new("ClipGradients", "ClipGen.ClipResult", "ClipGen.ClipReport"),
        new("ClipGradients", "ClipGen.ClipResult", "double", "ClipGen.ClipReport"),
        new("GradientNorm", "double"),
        new("ScaleGradients", "void", "double"),
        new("ZeroGradients", "void"),
        new("GetGradientNames", "System.Collections.Generic.IReadOnlyList<string>"),
        new("GetGradientNorms", "int", "System.Span<double>"),
    ];

    private static readonly string[] ClipNames = [SourceStruct, LimitsField];

    private const string Rename = "rename or remove this member";

    public static void Check(INamedTypeSymbol type, TraversalKind traversal, ClipMembersKind clipMembers, List<Problem> problems)
    {
        if (traversal == TraversalKind.Registered)
        {
            CheckName(type, WellKnownNames.VisitGradients, problems);
            CheckName(type, TorchModules.DeclareGradients, problems);
            CheckTypeName(type, [WellKnownNames.VisitGradients, TorchModules.DeclareGradients], problems);
        }
        else if (traversal != TraversalKind.HandWritten)
        {
            CheckName(type, WellKnownNames.VisitAllGradients, problems);
            CheckName(type, WellKnownNames.VisitOwnGradients, problems);
            CheckTypeName(
                type, [WellKnownNames.VisitGradients, WellKnownNames.VisitAllGradients, WellKnownNames.VisitOwnGradients], problems);
            if (type.GetMembers(WellKnownNames.VisitGradients).FirstOrDefault(StandsWhereTraversalGoes) is { } conflict)
            {
                problems.Add(new Problem(RuleIds.ReservedMember, true, conflict, null, WellKnownNames.VisitGradients, type.Name, Rename));
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

        foreach (ClipMember member in ClipMembers)
        {
            CheckClipMember(type, member, clipMembers, problems);
        }

        for (INamedTypeSymbol? current = type; current is not null && IsInTheWay(current, type, clipMembers); current = current.BaseType)
        {
            foreach (string name in ClipNames)
            {
                CheckName(current, name, problems, type);
            }
        }
    }

    /// <summary>The signatures of the clipping members that the type declares, such as <c>ZeroGradients()</c>.</summary>
    public static IEnumerable<string> WrittenBy(INamedTypeSymbol type) =>
        ClipMembers.Where(member => member.Find(type) is IMethodSymbol).Select(member => member.Signature);

    private static void CheckClipMember(INamedTypeSymbol type, ClipMember member, ClipMembersKind clipMembers, List<Problem> problems)
    {
        if (member.Find(type) is { } own)
        {
            if (member.WhatIsWrong(own, clipMembers == ClipMembersKind.Override) is { } wrong)
            {
                Report(own, $"{wrong}, so that it replaces the generated one, or rename it");
            }

            return;
        }

        // The members of a generated base class are overridden. Those of another base class would be hidden without the user's knowledge.
        for (INamedTypeSymbol? current = type.BaseType;
            current is not null && IsInTheWay(current, type, clipMembers);
            current = current.BaseType)
        {
            if (member.Find(current) is { DeclaredAccessibility: not Accessibility.Private } conflict)
            {
                bool canOverride = conflict is IMethodSymbol && (conflict.IsAbstract || conflict.IsVirtual || conflict.IsOverride);
                string instead = canOverride
                    ? $"override it in '{type.Name}', rename it or remove it"
                    : Rename;
                Report(conflict, instead);
            }
        }

        if (clipMembers == ClipMembersKind.Override
            && FindInherited(type, member) is { IsVirtual: false, IsAbstract: false, IsOverride: false } written)
        {
            Report(written, "make this member virtual, so that it can be overridden");
        }

        void Report(ISymbol symbol, string advice) =>
            problems.Add(new Problem(RuleIds.ReservedMember, true, ReportedOn(symbol, type), null, member.Signature, type.Name, advice));
    }

    /// <summary>The hand-written member of the nearest base class that declares it.</summary>
    private static IMethodSymbol? FindInherited(INamedTypeSymbol type, ClipMember member)
    {
        for (INamedTypeSymbol? current = type.BaseType; current is not null; current = current.BaseType)
        {
            if (member.Find(current) is IMethodSymbol found)
            {
                return found;
            }
        }

        return null;
    }

    private static bool IsInTheWay(INamedTypeSymbol current, INamedTypeSymbol type, ClipMembersKind clipMembers) =>
        clipMembers != ClipMembersKind.Override || SymbolEqualityComparer.Default.Equals(current, type);

    /// <summary>A member cannot have the name of its type or of one of its type parameters.</summary>
    private static void CheckTypeName(INamedTypeSymbol type, IEnumerable<string> names, List<Problem> problems)
    {
        foreach (string name in names.Where(NamesOf(type).Contains).Distinct())
        {
            ISymbol named = name == type.Name ? type : type.TypeParameters.First(parameter => parameter.Name == name);
            problems.Add(new Problem(
                RuleIds.ReservedMember, true, named, null, name, type.Name,
                named is ITypeParameterSymbol ? "rename the type parameter" : "rename the type"));
        }
    }

    private static IEnumerable<string> NamesOf(INamedTypeSymbol type) =>
        type.TypeParameters.Select(parameter => parameter.Name).Prepend(type.Name);

    /// <summary>
    /// A member that is no method, or a method that conflicts with the traversal although it is none: overloads cannot differ only in
    /// <c>ref</c>.
    /// </summary>
    private static bool StandsWhereTraversalGoes(ISymbol member) =>
        member is not IMethodSymbol method
        || (method is { Arity: 1, Parameters: [{ RefKind: not RefKind.None } visitor] }
            && SymbolEqualityComparer.Default.Equals(visitor.Type, method.TypeParameters[0])
            && (method.IsStatic || !method.ReturnsVoid || visitor.RefKind != RefKind.Ref));

    /// <summary>The names of the members that are added to a model, except those of unrolled structs.</summary>
    public static IEnumerable<string> NamesFor(TraversalKind traversal)
    {
        IEnumerable<string> clip = ClipMembers.Select(member => member.Name).Concat(ClipNames);
        return traversal == TraversalKind.HandWritten
            ? clip
            : clip.Concat([WellKnownNames.VisitGradients, WellKnownNames.VisitAllGradients, WellKnownNames.VisitOwnGradients]);
    }

    /// <summary>Whether a generated nested type may have the name.</summary>
    public static bool IsNameOfNestedType(string name) => name == SourceStruct || IsNameOfUnrolledStruct(name);

    private static bool IsNameOfUnrolledStruct(string name) =>
        name.StartsWith(UnrolledStructs, StringComparison.Ordinal)
            && int.TryParse(name.Substring(UnrolledStructs.Length), NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static void CheckName(INamedTypeSymbol current, string name, List<Problem> problems, INamedTypeSymbol? type = null)
    {
        type ??= current;
        if (current.GetMembers(name).FirstOrDefault(member => IsInTheWay(member, type)) is { } conflict)
        {
            problems.Add(new Problem(RuleIds.ReservedMember, true, ReportedOn(conflict, type), null, name, type.Name, Rename));
        }
    }

    /// <summary>Neither generated, nor a private member of a base class, which derived types do not see.</summary>
    private static bool IsInTheWay(ISymbol member, INamedTypeSymbol type) =>
        !MemberSymbols.IsGenerated(member, type.ContainingAssembly)
        && (member.DeclaredAccessibility != Accessibility.Private || SymbolEqualityComparer.Default.Equals(member.ContainingType, type));

    /// <summary>A member of a base class in another assembly has no location in this compilation.</summary>
    private static ISymbol ReportedOn(ISymbol member, INamedTypeSymbol type) =>
        SymbolEqualityComparer.Default.Equals(member.ContainingAssembly, type.ContainingAssembly) ? member : type;
}

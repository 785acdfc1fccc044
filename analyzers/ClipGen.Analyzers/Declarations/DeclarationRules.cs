using System.Collections.Immutable;
using ClipGen.Analyzers.Rules;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Declarations;

/// <summary>The rules about declarations: what keeps the generator from writing code, or makes the code useless.</summary>
internal static class DeclarationRules
{
    public static ImmutableArray<DiagnosticDescriptor> All { get; } =
        ImmutableArray.Create(
            RuleCatalogue.NotPartial,
            RuleCatalogue.NothingToClip,
            RuleCatalogue.CannotBeClipped,
            RuleCatalogue.InvalidLimit,
            RuleCatalogue.ContradictingLimits,
            RuleCatalogue.ParameterWithoutGradient,
            RuleCatalogue.ReservedMember,
            RuleCatalogue.BackReference,
            RuleCatalogue.TorchAdapterMissing,
            RuleCatalogue.LanguageVersion,
            RuleCatalogue.HeldByNoSource,
            RuleCatalogue.UnevenUnits);

    private static readonly ImmutableDictionary<string, DiagnosticDescriptor> ById = All.ToImmutableDictionary(rule => rule.Id);

    public static DiagnosticDescriptor Get(string id) => ById[id];
}

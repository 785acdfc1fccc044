using System.Collections.Immutable;
using ClipGen.Analyzers.Rules;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Declarations;

/// <summary>The rules about declarations that keep the generator from emitting code, or that make the emitted code useless.</summary>
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

using System.Collections.Immutable;
using ClipGen.Generator.Checks;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Declarations;

/// <summary>The rules about declarations: what keeps the generator from writing code, or makes the code useless.</summary>
internal static class DeclarationRules
{
    private static readonly DiagnosticDescriptor NotPartial = RuleDescriptor.Create(
        RuleIds.NotPartial,
        "The type must be partial",
        "'{0}' {1}, so that clipping code can be added to {2}",
        DiagnosticSeverity.Error);

    private static readonly DiagnosticDescriptor NothingToClip = RuleDescriptor.Create(
        RuleIds.NothingToClip,
        "A clip attribute without gradients",
        "'{0}' has a clip attribute but neither declares nor holds a gradient; mark its gradient buffers with [Gradient], pass local ones to "
            + "Gradients.ClipNorm, or store gradients that an update uses without storing them",
        DiagnosticSeverity.Warning);

    private static readonly DiagnosticDescriptor CannotBeClipped = RuleDescriptor.Create(
        RuleIds.CannotBeClipped,
        "The gradient cannot be clipped",
        "The gradient '{0}' cannot be clipped: {1}. Forms that work: {2}.",
        DiagnosticSeverity.Error);

    private static readonly DiagnosticDescriptor InvalidLimit = RuleDescriptor.Create(
        RuleIds.InvalidLimit,
        "The limit is not valid",
        "The {0} of '{1}' is {2}; it {3}",
        DiagnosticSeverity.Error);

    private static readonly DiagnosticDescriptor ContradictingLimits = RuleDescriptor.Create(
        RuleIds.ContradictingLimits,
        "Clip attributes contradict each other",
        "Contradicting limits: {0}",
        DiagnosticSeverity.Error);

    private static readonly DiagnosticDescriptor ParameterWithoutGradient = RuleDescriptor.Create(
        RuleIds.ParameterWithoutGradient,
        "The parameter's gradient does not fit",
        "The gradient '{1}' that the parameter '{0}' names {2}",
        DiagnosticSeverity.Error);

    private static readonly DiagnosticDescriptor ReservedMember = RuleDescriptor.Create(
        RuleIds.ReservedMember,
        "The member stands where a generated one would go",
        "'{0}' is generated for '{1}'; {2}",
        DiagnosticSeverity.Error);

    private static readonly DiagnosticDescriptor BackReference = RuleDescriptor.Create(
        RuleIds.BackReference,
        "The member leads back to what holds it",
        "'{0}' leads back to '{1}', so that its gradients would be visited without end; mark it [ClipIgnore], or [Gradient] if it holds "
            + "other objects of the type, as the nodes of a tree do",
        DiagnosticSeverity.Error);

    private static readonly DiagnosticDescriptor TorchAdapterMissing = RuleDescriptor.Create(
        RuleIds.TorchAdapterMissing,
        "The package ClipGen.TorchSharp is missing",
        "'{0}' is a TorchSharp module, whose gradients are clipped by the package ClipGen.TorchSharp; add a reference to it",
        DiagnosticSeverity.Error);

    private static readonly DiagnosticDescriptor LanguageVersion = RuleDescriptor.Create(
        RuleIds.LanguageVersion,
        "The language version is too old",
        "No clipping code is generated for '{0}': the project is compiled as C# {1}, and generated code needs C# 8 or later; set LangVersion to 8 or "
            + "higher, or remove it from the project",
        DiagnosticSeverity.Error);

    public static readonly DiagnosticDescriptor HeldByNoSource = RuleDescriptor.Create(
        RuleIds.HeldByNoSource,
        "The member holds gradients through a type that hands over none",
        "'{0}' holds '{1}', which hands over no gradients, although '{2}' has some: they are in no norm. {3}, or leave the member out with [ClipIgnore].",
        DiagnosticSeverity.Warning);

    public static ImmutableArray<DiagnosticDescriptor> All { get; } =
        ImmutableArray.Create(
            NotPartial, NothingToClip, CannotBeClipped, InvalidLimit, ContradictingLimits, ParameterWithoutGradient, ReservedMember, BackReference,
            TorchAdapterMissing, LanguageVersion, HeldByNoSource);

    private static readonly ImmutableDictionary<string, DiagnosticDescriptor> ById = All.ToImmutableDictionary(rule => rule.Id);

    public static DiagnosticDescriptor Get(string id) => ById[id];
}

using System.Collections.Immutable;
using ClipGen.Analyzers.Declarations.Undeclared;
using ClipGen.Analyzers.Rules;
using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;
using ClipGen.Generator.Torch;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ClipGen.Analyzers.Declarations;

/// <summary>
/// Reports what <c>[AdaptiveClip]</c> cannot compare with its weights (CLIP018), and what it is not meant for: the last layer of a model
/// (CLIP020).
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AdaptiveClipAnalyzer : DiagnosticAnalyzer
{
    private static readonly string[] LastLayerWords = ["output", "head", "classifier", "logit", "readout"];

    // An attention head is no last layer, and neither is an output gate.
    private static readonly string[] OtherWords = ["attention", "attn", "gate", "multi", "self", "query", "key", "value"];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        ImmutableArray.Create(RuleCatalogue.ComparedWithoutParameter, RuleCatalogue.AdaptiveLastLayer);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(WellKnownNames.FullName(WellKnownNames.AdaptiveClip)) is null)
                return;

            // Not cancelled: a Lazy would keep the cancellation for everyone who asks later.
            var compared = new Lazy<ComparedGradients>(() => ComparedGradients.Find(start.Compilation, CancellationToken.None));
            start.RegisterSymbolAction(symbol => Analyze(symbol, compared), SymbolKind.NamedType);
        });
    }

    private static void Analyze(SymbolAnalysisContext context, Lazy<ComparedGradients> compared)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (!Annotations.IsAnnotated(type) || !LanguageRequirement.IsMet(context.Compilation))
            return;
        foreach ((ISymbol member, GradientMember gradient, INamedTypeSymbol model) in compared.Value.WithoutParameterIn(type))
            Report(context, RuleCatalogue.ComparedWithoutParameter, member, model.Name, gradient.Name, ParameterForms.AdviceFor(gradient));

        if (!HasLimitForAll(type))
            return;
        foreach (ISymbol member in type.GetMembers().Where(IsLastLayer))
            Report(context, RuleCatalogue.AdaptiveLastLayer, member, member.Name, type.Name);
    }

    private static bool HasLimitForAll(INamedTypeSymbol type) => type.GetAttributes().Any(
        attribute => WellKnownNames.IsClipGenType(attribute.AttributeClass, WellKnownNames.AdaptiveClip)
            && MemberSymbols.NamedArgument<string>(attribute, "Group", null) is null);

    /// <summary>Whether a member with gradients has the name of a last layer, and the limit of the model.</summary>
    private static bool IsLastLayer(ISymbol member)
    {
        if (member is not (IFieldSymbol or IPropertySymbol) || member.IsImplicitlyDeclared || MemberSymbols.IsIgnored(member))
            return false;
        ImmutableArray<AttributeData> attributes = MemberSymbols.Attributes(member);
        if (attributes.Any(LimitParser.IsClipAttribute) || attributes.Any(NamesGroup))
            return false;
        IReadOnlyList<string> words = IdentifierWords.Of(member.Name);
        return words.Any(LastLayerWords.Contains)
            && !words.Any(OtherWords.Contains)
            && (MemberSymbols.MarksGradient(member) || IsLayer(MemberSymbols.TypeOf(member)));
    }

    private static bool NamesGroup(AttributeData attribute) => MemberSymbols.NamedArgument<string>(attribute, "Group", null) is not null;

    private static bool IsLayer(ITypeSymbol type) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Class } named
        && ((TorchModules.IsModule(named) && TorchModules.HoldsParameters(named)) || Annotations.IsAnnotated(named.OriginalDefinition));

    private static void Report(SymbolAnalysisContext context, DiagnosticDescriptor rule, ISymbol member, params object[] arguments)
    {
        if (member.Locations.FirstOrDefault(location => location.IsInSource) is { } location)
            context.ReportDiagnostic(Diagnostic.Create(rule, location, arguments));
    }
}

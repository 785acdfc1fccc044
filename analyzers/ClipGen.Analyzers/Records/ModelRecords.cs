using ClipGen.Analyzers.Rules;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Generator.Reading;
using ClipGen.Generator.Torch;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ClipGen.Analyzers.Records;

/// <summary>Compares the declared limits and gradients of a model with its record.</summary>
internal static class ModelRecords
{
    public static void Analyze(SymbolAnalysisContext context, RecordIndex records, KnownTypes types)
    {
        var model = (INamedTypeSymbol)context.Symbol;
        if (records.Of(model) is not { } entry)
            return;
        List<DeclaredLimit> limits = [.. LimitsOf(model, types, context.CancellationToken)];
        if (limits.Count == 0)
            return;
        if (entry.Model.Fingerprint is { } fingerprint && fingerprint != FingerprintOf(entry.Type ?? model, model, context))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                RuleCatalogue.StaleRecord,
                limits[0].Place,
                entry.Run.Name,
                $"'{model.Name}' has other gradients than in that run. Record a new one"));
            return;
        }

        foreach (DeclaredLimit declared in limits)
        {
            if (entry.Model.Limits.FirstOrDefault(declared.IsOf) is { } recorded
                && LimitFinding.Of(entry.Run, recorded, declared.Limit, declared.Place) is { } finding)
            {
                context.ReportDiagnostic(finding);
            }
        }

        foreach (BrokenGradient gradient in entry.Model.Broken)
            Report(context, model, entry, gradient, limits);
    }

    private static string FingerprintOf(INamedTypeSymbol recorded, INamedTypeSymbol model, SymbolAnalysisContext context) =>
        TorchModules.IsModule(model)
            ? ModuleFingerprint.Of(recorded)
            : GradientFingerprint.Of(model, GradientSourceIndex.Of(context.Compilation), context.CancellationToken);

    private static void Report(
        SymbolAnalysisContext context, INamedTypeSymbol model, RecordIndex.Entry entry, BrokenGradient gradient, List<DeclaredLimit> limits)
    {
        ISymbol? member = MemberOf(model, gradient.Name);
        DeclaredLimit declared = LimitFor(member, limits);
        if (entry.Model.Limits.FirstOrDefault(declared.IsOf) is not { } recorded || !(recorded.Largest > 0))
            return;
        Location place = member?.Locations.FirstOrDefault(location => location.IsInSource) ?? declared.Place;

        // A larger limit does nothing against a NaN.
        bool isLower = recorded.Limit == declared.Limit && recorded.Recommended < declared.Limit;
        context.ReportDiagnostic(Diagnostic.Create(
            RuleCatalogue.GradientWasNotFinite,
            place,
            [declared.Place],
            isLower ? LimitFinding.PropertiesOf(recorded, declared.Limit) : null,
            gradient.Name,
            LimitFinding.Count(gradient.Steps),
            LimitFinding.Count(recorded.Steps),
            entry.Run.Name,
            LimitFinding.Count(gradient.First),
            LimitFinding.Quantiles(recorded),
            isLower ? $" The run suggests the limit {LimitFinding.Text(recorded.Recommended!.Value)}." : ""));
    }

    // The member of the model that the path of the gradient begins with.
    private static ISymbol? MemberOf(INamedTypeSymbol model, string path)
    {
        int end = path.IndexOfAny(['.', '[', '#']);
        string name = end < 0 ? path : path.Substring(0, end);
        int own = name.IndexOf("::", StringComparison.Ordinal);
        name = own < 0 ? name : name.Substring(own + 2);
        return model.GetMembers(name).FirstOrDefault();
    }

    // The member's own limit, or that of its group. Below other members a gradient may be in any group: the limit of all gradients, or the
    // first, tells the norms of the run.
    private static DeclaredLimit LimitFor(ISymbol? member, List<DeclaredLimit> limits)
    {
        string? group = member?.GetAttributes()
            .SelectMany(attribute => attribute.NamedArguments)
            .FirstOrDefault(named => named.Key == "Group").Value is { Kind: TypedConstantKind.Primitive, Value: string name } ? name : null;
        return limits.FirstOrDefault(limit => limit.Member is not null && limit.Member == member?.Name)
            ?? limits.FirstOrDefault(limit => limit.Member is null && limit.Group == group)
            ?? limits.FirstOrDefault(limit => limit is { Group: null, Member: null })
            ?? limits[0];
    }

    private static IEnumerable<DeclaredLimit> LimitsOf(INamedTypeSymbol model, KnownTypes types, CancellationToken cancellation)
    {
        IEnumerable<ISymbol> members = model.GetMembers().Where(member => member is IFieldSymbol or IPropertySymbol or IMethodSymbol);
        foreach (ISymbol symbol in members.Prepend(model))
        {
            foreach (AttributeData attribute in symbol.GetAttributes().Where(types.IsClipAttribute))
            {
                if (attribute.ConstructorArguments.Length == 0 || attribute.ConstructorArguments[0].Value is not double limit
                    || attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) is not AttributeSyntax syntax)
                {
                    continue;
                }

                AttributeArgumentSyntax? argument = syntax.ArgumentList?.Arguments.FirstOrDefault(argument => argument.NameEquals is null);
                SyntaxNode place = (SyntaxNode?)argument?.Expression ?? syntax;
                TypedConstant group = attribute.NamedArguments.FirstOrDefault(named => named.Key == "Group").Value;
                string? name = group.Kind == TypedConstantKind.Primitive ? group.Value as string : null;
                bool byValue = attribute.AttributeClass?.Name == WellKnownNames.ClipGradValue;
                bool isMember = !SymbolEqualityComparer.Default.Equals(symbol, model);
                yield return new DeclaredLimit(limit, byValue, isMember ? null : name, isMember ? symbol.Name : null, place.GetLocation());
            }
        }
    }

    private sealed record DeclaredLimit(double Limit, bool ByValue, string? Group, string? Member, Location Place)
    {
        // The path of a member in a derived class begins with the name of its type.
        public bool IsOf(RecordedLimit recorded) =>
            recorded.ByValue == ByValue && recorded.Group == Group
            && (recorded.Member == Member
                || (Member is not null && recorded.Member?.EndsWith("::" + Member, StringComparison.Ordinal) == true));
    }
}

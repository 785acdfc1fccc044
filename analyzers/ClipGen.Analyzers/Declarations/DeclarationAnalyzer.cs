using System.Collections.Immutable;
using ClipGen.Generator.Checks;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ClipGen.Analyzers.Declarations;

/// <summary>
/// Reports what is wrong with the declarations of models and gradient sources (CLIP001 to CLIP006, CLIP010 to CLIP012, CLIP014, CLIP015). It asks the same parser as the
/// generator, so an error here is exactly what keeps code from being generated.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DeclarationAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => DeclarationRules.All;

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            // Also where the library is referenced under an alias, which is one of the mistakes.
            if (start.Compilation.GetTypesByMetadataName(WellKnownNames.FullName(WellKnownNames.ClipGradNorm)).IsEmpty)
            {
                return;
            }

            var annotated = new Lazy<ImmutableArray<INamedTypeSymbol>>(() => FindAnnotated(start.Compilation));
            var holders = new Lazy<ImmutableHashSet<ISymbol>>(() => FindHolders(annotated.Value, start.Compilation, start.CancellationToken));
            start.RegisterSymbolAction(symbol => AnalyzeGuarded(symbol, annotated, holders), SymbolKind.NamedType);
            start.RegisterCompilationEndAction(AnalyzeAssembly);
        });
    }

    /// <summary>Where reading fails, the generator writes nothing: that must not go unnoticed.</summary>
    private static void AnalyzeGuarded(
        SymbolAnalysisContext context, Lazy<ImmutableArray<INamedTypeSymbol>> annotated, Lazy<ImmutableHashSet<ISymbol>> holders)
    {
        try
        {
            Analyze(context, annotated, holders);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            foreach (Problem problem in ParsedSource.Failed((INamedTypeSymbol)context.Symbol, exception).Problems)
            {
                Report(problem, context.ReportDiagnostic, context.CancellationToken);
            }
        }
    }

    /// <summary>Every type speaks for itself: a fix is only offered for what is reported while its own type is looked at.</summary>
    private static void Analyze(
        SymbolAnalysisContext context, Lazy<ImmutableArray<INamedTypeSymbol>> annotated, Lazy<ImmutableHashSet<ISymbol>> holders)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        var parser = new SourceParser(context.Compilation, context.CancellationToken);
        var problems = new List<Problem>();
        if (!LanguageRequirement.IsMet(context.Compilation))
        {
            if (SourceParser.IsAnnotated(type))
            {
                Report(LanguageRequirement.Describe(type, context.Compilation), context.ReportDiagnostic, context.CancellationToken);
            }

            return;
        }

        if (SourceParser.IsAnnotated(type) || (parser.IsGenerated(type) && holders.Value.Contains(type)))
        {
            problems.AddRange(parser.Parse(type).Problems.Where(problem => !IsOfContainer(problem, type)));
            problems.AddRange(BackReferences.Find(parser.ParseClosure(type)).Where(problem => IsMemberOf(problem, type)));
            foreach (Diagnostic diagnostic in OpaqueHolding.Find(type, parser, annotated.Value))
            {
                context.ReportDiagnostic(diagnostic);
            }
        }

        if (!problems.Any(problem => problem.Rule == RuleIds.NotPartial) && ContainsSource(type, holders))
        {
            TypeDeclarationParser.CheckContainer(type, problems, context.CancellationToken);
        }

        foreach (Problem problem in problems)
        {
            Report(problem, context.ReportDiagnostic, context.CancellationToken);
        }
    }

    private static void AnalyzeAssembly(CompilationAnalysisContext context)
    {
        foreach (Problem problem in new SourceParser(context.Compilation, context.CancellationToken).FindAssemblyProblems())
        {
            Report(problem, context.ReportDiagnostic, context.CancellationToken);
        }
    }

    private static bool IsMemberOf(Problem problem, INamedTypeSymbol type) =>
        SymbolEqualityComparer.Default.Equals(problem.Symbol.ContainingType, type);

    private static bool IsOfContainer(Problem problem, INamedTypeSymbol type) =>
        problem.Rule == RuleIds.NotPartial && !SymbolEqualityComparer.Default.Equals(problem.Symbol, type);

    private static bool ContainsSource(INamedTypeSymbol type, Lazy<ImmutableHashSet<ISymbol>> holders) =>
        type.GetTypeMembers().Any(nested =>
            SourceParser.IsAnnotated(nested) || holders.Value.Contains(nested) || ContainsSource(nested, holders));

    /// <summary>The types that nobody annotated and that code is added to all the same, because a model reaches sources through them.</summary>
    private static ImmutableHashSet<ISymbol> FindHolders(
        ImmutableArray<INamedTypeSymbol> annotated, Compilation compilation, CancellationToken cancellation)
    {
        var parser = new SourceParser(compilation, cancellation);
        return annotated.SelectMany(parser.ParseClosure)
            .Select(source => source.Symbol)
            .Where(reached => !SourceParser.IsAnnotated(reached))
            .ToImmutableHashSet<ISymbol>(SymbolEqualityComparer.Default);
    }

    private static ImmutableArray<INamedTypeSymbol> FindAnnotated(Compilation compilation)
    {
        var annotated = ImmutableArray.CreateBuilder<INamedTypeSymbol>();
        var pending = new Stack<INamespaceOrTypeSymbol>();
        pending.Push(compilation.Assembly.GlobalNamespace);
        while (pending.Count > 0)
        {
            INamespaceOrTypeSymbol current = pending.Pop();
            foreach (INamespaceOrTypeSymbol inner in current.GetMembers().OfType<INamespaceOrTypeSymbol>())
            {
                pending.Push(inner);
            }

            if (current is INamedTypeSymbol type && SourceParser.IsAnnotated(type))
            {
                annotated.Add(type);
            }
        }

        return annotated.ToImmutable();
    }

    private static void Report(Problem problem, Action<Diagnostic> report, CancellationToken cancellation)
    {
        // Without arguments it is an error that the compiler reports itself.
        if (problem.Arguments.Length == 0)
        {
            return;
        }

        foreach (Location location in Locations(problem, cancellation))
        {
            report(Diagnostic.Create(DeclarationRules.Get(problem.Rule), location, problem.Arguments));
        }
    }

    /// <summary>The attribute, or the member's name; for a type that is not partial, every declaration that lacks the word.</summary>
    private static IEnumerable<Location> Locations(Problem problem, CancellationToken cancellation)
    {
        if (problem.Attribute?.ApplicationSyntaxReference is { } attribute)
        {
            return [Location.Create(attribute.SyntaxTree, attribute.Span)];
        }

        if (problem is { Rule: RuleIds.NotPartial, Symbol: INamedTypeSymbol { IsFileLocal: false } })
        {
            return problem.Symbol.DeclaringSyntaxReferences
                .Select(reference => reference.GetSyntax(cancellation))
                .OfType<TypeDeclarationSyntax>()
                .Where(declaration => !declaration.Modifiers.Any(SyntaxKind.PartialKeyword))
                .Select(declaration => declaration.Identifier.GetLocation());
        }

        return problem.Symbol.Locations.Where(location => location.IsInSource).Take(1);
    }
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using ClipGen.Declarations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ClipGen.Analyzers.Declarations;

/// <summary>
/// Reports what is wrong with the declarations of models and gradient sources (CLIP001 to CLIP006, CLIP010). It asks the same parser as the
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
            if (start.Compilation.GetTypeByMetadataName(WellKnownNames.FullName(WellKnownNames.ClipGradNorm)) is null)
            {
                return;
            }

            // A holder that nobody annotated is reached from every model that holds it, and reported once.
            var reportedHolders = new ConcurrentDictionary<ISymbol, bool>(SymbolEqualityComparer.Default);
            start.RegisterSymbolAction(symbol => Analyze(symbol, reportedHolders), SymbolKind.NamedType);
        });
    }

    private static void Analyze(SymbolAnalysisContext context, ConcurrentDictionary<ISymbol, bool> reportedHolders)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (!SourceParser.IsAnnotated(type))
        {
            return;
        }

        var parser = new SourceParser(context.Compilation, context.CancellationToken);
        foreach (ParsedSource source in parser.ParseClosure(type))
        {
            bool isOwn = SymbolEqualityComparer.Default.Equals(source.Symbol, type);
            if (isOwn || (!SourceParser.IsAnnotated(source.Symbol) && reportedHolders.TryAdd(source.Symbol, true)))
            {
                foreach (Problem problem in source.Problems)
                {
                    Report(context, problem);
                }
            }
        }
    }

    private static void Report(SymbolAnalysisContext context, Problem problem)
    {
        // Without arguments it is an error that the compiler reports itself.
        if (problem.Arguments.Length == 0)
        {
            return;
        }

        foreach (Location location in Locations(problem, context.CancellationToken))
        {
            context.ReportDiagnostic(Diagnostic.Create(DeclarationRules.Get(problem.Rule), location, problem.Arguments));
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

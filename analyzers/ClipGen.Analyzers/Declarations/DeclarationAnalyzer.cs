using System.Collections.Immutable;
using ClipGen.Generator.Checks;
using ClipGen.Generator.Reading;
using ClipGen.Generator.Torch;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ClipGen.Analyzers.Declarations;

/// <summary>
/// Reports what is wrong with the declarations of models and gradient sources (CLIP001 to CLIP006, CLIP010 to CLIP012, CLIP014, CLIP015).
/// It asks the same parser as the generator, so an error here is exactly what keeps code from being generated.
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

            var types = new Lazy<ImmutableArray<INamedTypeSymbol>>(() => FindTypes(start.Compilation));
            var holders = new Lazy<ImmutableHashSet<ISymbol>>(
                () => FindHolders(types.Value.Where(Annotations.IsAnnotated), start.Compilation, start.CancellationToken));

            // Not cancelled: a Lazy would keep the cancellation for everyone who asks later.
            var derived = new Lazy<DerivedTypes>(() => new DerivedTypes(types.Value, start.Compilation.Assembly, CancellationToken.None));
            start.RegisterSymbolAction(symbol => AnalyzeGuarded(symbol, holders, derived), SymbolKind.NamedType);
            start.RegisterCompilationEndAction(AnalyzeAssembly);
        });
    }

    /// <summary>Where reading fails, the generator writes nothing: that must not go unnoticed.</summary>
    private static void AnalyzeGuarded(
        SymbolAnalysisContext context, Lazy<ImmutableHashSet<ISymbol>> holders, Lazy<DerivedTypes> derived)
    {
        try
        {
            Analyze(context, holders, derived);
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
        SymbolAnalysisContext context, Lazy<ImmutableHashSet<ISymbol>> holders, Lazy<DerivedTypes> derived)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        SourceIndex index = SourceIndex.Of(context.Compilation);
        var problems = new List<Problem>();
        if (!LanguageRequirement.IsMet(context.Compilation))
        {
            if (Annotations.IsAnnotated(type))
            {
                Report(LanguageRequirement.Describe(type, context.Compilation), context.ReportDiagnostic, context.CancellationToken);
            }

            return;
        }

        if (Annotations.IsAnnotated(type) || (index.IsGenerated(type) && holders.Value.Contains(type)))
        {
            problems.AddRange(index.FindProblems(type, context.CancellationToken).Where(problem => !IsOfContainer(problem, type)));
            if (!TorchModules.IsModule(type))
            {
                foreach (Diagnostic diagnostic in OpaqueHolding.Find(type, context.Compilation, derived.Value))
                {
                    context.ReportDiagnostic(diagnostic);
                }
            }
        }

        // A module that no attribute is on is clipped through one that has a limit.
        if (TorchModules.IsModule(type) && derived.Value.HasAnnotatedModule)
        {
            foreach (Diagnostic diagnostic in UnregisteredModules.Find(type, context.CancellationToken))
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
        foreach (Problem problem in SourceIndex.Of(context.Compilation).FindAssemblyProblems())
        {
            Report(problem, context.ReportDiagnostic, context.CancellationToken);
        }
    }

    private static bool IsOfContainer(Problem problem, INamedTypeSymbol type) =>
        problem.Rule == RuleIds.NotPartial && !SymbolEqualityComparer.Default.Equals(problem.Symbol, type);

    private static bool ContainsSource(INamedTypeSymbol type, Lazy<ImmutableHashSet<ISymbol>> holders) =>
        type.GetTypeMembers().Any(nested =>
            Annotations.IsAnnotated(nested) || holders.Value.Contains(nested) || ContainsSource(nested, holders));

    /// <summary>
    /// The types that nobody annotated and that code is added to all the same, because a model reaches sources through them.
    /// </summary>
    private static ImmutableHashSet<ISymbol> FindHolders(
        IEnumerable<INamedTypeSymbol> annotated, Compilation compilation, CancellationToken cancellation)
    {
        return SourceIndex.Of(compilation).ReadClosure(annotated, cancellation)
            .Select(source => source.Symbol)
            .Where(reached => !Annotations.IsAnnotated(reached))
            .ToImmutableHashSet<ISymbol>(SymbolEqualityComparer.Default);
    }

    private static ImmutableArray<INamedTypeSymbol> FindTypes(Compilation compilation)
    {
        var types = ImmutableArray.CreateBuilder<INamedTypeSymbol>();
        var pending = new Stack<INamespaceOrTypeSymbol>();
        pending.Push(compilation.Assembly.GlobalNamespace);
        while (pending.Count > 0)
        {
            INamespaceOrTypeSymbol current = pending.Pop();
            foreach (INamespaceOrTypeSymbol inner in current.GetMembers().OfType<INamespaceOrTypeSymbol>())
            {
                pending.Push(inner);
            }

            if (current is INamedTypeSymbol type)
            {
                types.Add(type);
            }
        }

        return types.ToImmutable();
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

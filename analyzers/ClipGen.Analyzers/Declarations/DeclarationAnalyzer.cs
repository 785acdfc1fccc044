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
/// Reports errors in the declarations of models and gradient sources (CLIP001 to CLIP006, CLIP010 to CLIP012, CLIP014, CLIP015). It uses
/// the parser of the generator, so the generator emits no code exactly where this analyzer reports an error.
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
            // Also analyzes programs that reference the library under an alias only, which is one of the reported errors.
            if (start.Compilation.GetTypesByMetadataName(WellKnownNames.FullName(WellKnownNames.ClipGradNorm)).IsEmpty)
            {
                return;
            }

            var types = new Lazy<ImmutableArray<INamedTypeSymbol>>(() => FindTypes(start.Compilation));
            var holders = new Lazy<ImmutableHashSet<ISymbol>>(
                () => FindHolders(types.Value.Where(Annotations.IsAnnotated), start.Compilation, start.CancellationToken));

            // Not cancelable: the Lazy would keep the cancellation for all later callers.
            var derived = new Lazy<DerivedTypes>(() => new DerivedTypes(types.Value, start.Compilation.Assembly, CancellationToken.None));
            start.RegisterSymbolAction(symbol => AnalyzeGuarded(symbol, holders, derived), SymbolKind.NamedType);
            start.RegisterCompilationEndAction(AnalyzeAssembly);
        });
    }

    /// <summary>Reports an exception of the parser, because the generator then emits nothing.</summary>
    private static void AnalyzeGuarded(
        SymbolAnalysisContext context, Lazy<ImmutableHashSet<ISymbol>> holders, Lazy<DerivedTypes> derived)
    {
        try
        {
            Analyze(context, holders, derived);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            foreach (Problem problem in ParsedGradientSource.Failed((INamedTypeSymbol)context.Symbol, exception).Problems)
            {
                Report(problem, context.ReportDiagnostic, context.CancellationToken);
            }
        }
    }

    /// <summary>
    /// Reports the problems of each type while that type is analyzed: editors offer no fix for a diagnostic that is reported elsewhere.
    /// </summary>
    private static void Analyze(
        SymbolAnalysisContext context, Lazy<ImmutableHashSet<ISymbol>> holders, Lazy<DerivedTypes> derived)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        GradientSourceIndex index = GradientSourceIndex.Of(context.Compilation);
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

        // A module without attributes is clipped through a module that has a limit.
        if (TorchModules.IsModule(type) && derived.Value.HasAnnotatedModule)
        {
            foreach (Diagnostic diagnostic in UnregisteredModules.Find(type, context.CancellationToken))
            {
                context.ReportDiagnostic(diagnostic);
            }
        }

        if (!problems.Any(problem => problem.Rule == RuleIds.NotPartial) && ContainsGradientSource(type, holders))
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
        foreach (Problem problem in GradientSourceIndex.Of(context.Compilation).FindAssemblyProblems())
        {
            Report(problem, context.ReportDiagnostic, context.CancellationToken);
        }
    }

    private static bool IsOfContainer(Problem problem, INamedTypeSymbol type) =>
        problem.Rule == RuleIds.NotPartial && !SymbolEqualityComparer.Default.Equals(problem.Symbol, type);

    private static bool ContainsGradientSource(INamedTypeSymbol type, Lazy<ImmutableHashSet<ISymbol>> holders) =>
        type.GetTypeMembers().Any(nested =>
            Annotations.IsAnnotated(nested) || holders.Value.Contains(nested) || ContainsGradientSource(nested, holders));

    /// <summary>
    /// The types without attributes that the generator adds code to, because a model reaches gradient sources through them.
    /// </summary>
    private static ImmutableHashSet<ISymbol> FindHolders(
        IEnumerable<INamedTypeSymbol> annotated, Compilation compilation, CancellationToken cancellation)
    {
        return GradientSourceIndex.Of(compilation).ReadClosure(annotated, cancellation)
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
        // Without arguments, the compiler reports an error.
        if (problem.Arguments.Length == 0)
        {
            return;
        }

        foreach (Location location in Locations(problem, cancellation))
        {
            report(Diagnostic.Create(DeclarationRules.Get(problem.Rule), location, problem.Arguments));
        }
    }

    /// <summary>The attribute, or the member's name. For a type that is not partial, every declaration without the modifier.</summary>
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

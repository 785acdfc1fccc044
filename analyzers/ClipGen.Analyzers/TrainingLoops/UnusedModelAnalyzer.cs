using System.Collections.Concurrent;
using System.Collections.Immutable;
using ClipGen.Analyzers.Rules;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Generator.Checks;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops;

/// <summary>
/// CLIP108: the program creates a model that declares clipping, and no call in it can be one of the model's <c>ClipGradients()</c>.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnusedModelAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(RuleCatalogue.NeverClipped);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        // Calls in generated code count. Models are reported where written code declares them.
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(Start);
    }

    private static void Start(CompilationStartAnalysisContext context)
    {
        var types = new KnownTypes(context.Compilation);
        if (!types.HasClipGen)
            return;
        bool isProgram = context.Compilation.Options.OutputKind is OutputKind.ConsoleApplication or OutputKind.WindowsApplication
            or OutputKind.WindowsRuntimeApplication;
        var models = new ConcurrentDictionary<INamedTypeSymbol, bool>(SymbolEqualityComparer.Default);
        var used = new Uses();
        context.RegisterSymbolAction(
            symbol =>
            {
                // Users of a library may clip its public models.
                var type = (INamedTypeSymbol)symbol.Symbol;
                if (!type.IsAbstract && types.DeclaresClipping(type) && (isProgram || !IsVisibleOutside(type)))
                    models.TryAdd(type, true);
            },
            SymbolKind.NamedType);
        context.RegisterSyntaxNodeAction(node => used.Read(node, types), SyntaxKind.SimpleMemberAccessExpression,
            SyntaxKind.MemberBindingExpression, SyntaxKind.InvocationExpression);
        context.RegisterOperationAction(operation => used.Read((IObjectCreationOperation)operation.Operation),
            OperationKind.ObjectCreation);
        context.RegisterCompilationEndAction(end =>
        {
            if (used.IsAnyCalled)
                return;
            var holders = new ModelHolders(models.Keys);
            foreach (INamedTypeSymbol model in models.Keys.Where(
                model => used.IsCreated(model) && !used.IsCalled(model) && !holders.IsHeld(model)))
            {
                if (HasGradients(model, end.Compilation, end.CancellationToken))
                    end.ReportDiagnostic(Diagnostic.Create(RuleCatalogue.NeverClipped, model.Locations[0], model.Name));
            }
        });
    }

    /// <summary>Whether a call would clip anything. Otherwise CLIP002 is reported.</summary>
    private static bool HasGradients(INamedTypeSymbol model, Compilation compilation, CancellationToken cancellation) =>
        !GradientSourceIndex.Of(compilation).FindProblems(model, cancellation).Any(problem => problem.Rule == RuleIds.NothingToClip);

    private static bool IsVisibleOutside(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? current = type; current is not null; current = current.ContainingType)
        {
            if (current.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal))
                return false;
        }

        return true;
    }

    /// <summary>The models that calls create, and those that calls clip.</summary>
    private sealed class Uses
    {
        private readonly ConcurrentDictionary<INamedTypeSymbol, bool> _created = new(SymbolEqualityComparer.Default);
        private readonly ConcurrentDictionary<INamedTypeSymbol, bool> _called = new(SymbolEqualityComparer.Default);
        private readonly Lazy<HashSet<ISymbol>> _ancestorsOfCalled;

        public Uses() => _ancestorsOfCalled = new Lazy<HashSet<ISymbol>>(
            () => new HashSet<ISymbol>(_called.Keys.SelectMany(SelfAndAncestors), SymbolEqualityComparer.Default));

        /// <summary>Whether clipping is called through an interface, a type parameter or other means that can reach any model.</summary>
        public bool IsAnyCalled { get; private set; }

        public bool IsCreated(INamedTypeSymbol model) => _created.ContainsKey(model);

        public bool IsCalled(INamedTypeSymbol model) =>
            SelfAndAncestors(model).Any(_called.ContainsKey) || _ancestorsOfCalled.Value.Contains(model.OriginalDefinition);

        public void Read(IObjectCreationOperation creation)
        {
            foreach (INamedTypeSymbol type in creation.Type.SelfAndBases().OfType<INamedTypeSymbol>())
                _created.TryAdd(type.OriginalDefinition, true);
        }

        public void Read(SyntaxNodeAnalysisContext context, KnownTypes types)
        {
            SimpleNameSyntax? name = context.Node switch
            {
                MemberAccessExpressionSyntax access => access.Name,
                MemberBindingExpressionSyntax binding => binding.Name,
                InvocationExpressionSyntax { Expression: SimpleNameSyntax simple } => simple,
                _ => null,
            };

            // The code that ClipGen generates is known. Binding it would take longer than the rest of the analysis.
            if (IsGenerated(context) && context.ContainingSymbol is { Name: "ClipGradients", ContainingType: { } generated }
                && types.IsAnnotated(generated))
            {
                return;
            }

            if (name?.Identifier.ValueText is "Clip" or "ClipNorm" or "ClipValue" or "ClipAndStep" or "ClipSharded" or "ClipAndStepSharded")
                ReadArguments(context, name, types);
            if (name?.Identifier.ValueText is not ("ClipGradients" or "ScaleGradients" or "VisitGradients"))
                return;
            if (name.Identifier.ValueText != "ClipGradients" && IsGenerated(context))
                return;
            ITypeSymbol? receiver = context.Node is MemberAccessExpressionSyntax member
                ? context.SemanticModel.GetTypeInfo(member.Expression, context.CancellationToken).Type
                : context.SemanticModel.GetSymbolInfo(name, context.CancellationToken).Symbol?.ContainingType;
            if (receiver is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct } type && types.IsAnnotated(type))
            {
                if (!IsInside(context, type))
                    _called.TryAdd(type.OriginalDefinition, true);
            }
            else
            {
                IsAnyCalled = true;
            }
        }

        // Gradients.Clip(model), and Gradients.ClipNorm(1.0, layers) over any gradient sources.
        private void ReadArguments(SyntaxNodeAnalysisContext context, SimpleNameSyntax name, KnownTypes types)
        {
            if (context.SemanticModel.GetSymbolInfo(name, context.CancellationToken).Symbol is not IMethodSymbol method
                || !(ClipCalls.IsGradientsClip(method) || ClipCalls.IsClipAndStep(method) || ClipCalls.IsLossScalersClip(method)
                    || ClipCalls.IsClipSharded(method)))
            {
                return;
            }

            SyntaxNode called = context.Node is InvocationExpressionSyntax ? context.Node : context.Node.Parent!;
            if (called is not InvocationExpressionSyntax invocation)
            {
                IsAnyCalled = true;
                return;
            }

            foreach (ArgumentSyntax argument in invocation.ArgumentList.Arguments)
            {
                ITypeSymbol? type = context.SemanticModel.GetTypeInfo(argument.Expression, context.CancellationToken).Type;
                foreach (ITypeSymbol held in SelfAndItems(type))
                {
                    if (held is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct } model && types.IsAnnotated(model))
                        _called.TryAdd(model.OriginalDefinition, true);
                    else if (types.IsAnnotated(held) || (method.Name is not ("ClipNorm" or "ClipValue") && MayBeModel(held)))
                        IsAnyCalled = true;
                }
            }
        }

        // The limit is not a model, and neither are the other arguments of the call.
        private static bool MayBeModel(ITypeSymbol type) =>
            type.SpecialType is SpecialType.None or SpecialType.System_Object
            && type.TypeKind != TypeKind.Enum && !ClipCalls.IsPartner(type);

        private static IEnumerable<ITypeSymbol> SelfAndItems(ITypeSymbol? type)
        {
            var pending = new Stack<ITypeSymbol>();
            if (type is not null)
                pending.Push(type);
            while (pending.Count > 0)
            {
                ITypeSymbol current = pending.Pop();
                if (current is IArrayTypeSymbol array)
                {
                    pending.Push(array.ElementType);
                    continue;
                }

                yield return current;
                if (current is not INamedTypeSymbol named)
                    continue;
                foreach (ITypeSymbol argument in named.TypeArguments)
                    pending.Push(argument);
            }
        }

        private static IEnumerable<INamedTypeSymbol> SelfAndAncestors(INamedTypeSymbol type) =>
            type.SelfAndBases().OfType<INamedTypeSymbol>().Concat(type.AllInterfaces).Select(ancestor => ancestor.OriginalDefinition);

        // An overload that the user writes can call a generated one.
        private static bool IsInside(SyntaxNodeAnalysisContext context, INamedTypeSymbol type) =>
            context.ContainingSymbol?.ContainingType is { } within
                && SymbolEqualityComparer.Default.Equals(within.OriginalDefinition, type.OriginalDefinition)
            && context.ContainingSymbol.Name == "ClipGradients";

        private static bool IsGenerated(SyntaxNodeAnalysisContext context) => context.IsGeneratedCode;
    }
}

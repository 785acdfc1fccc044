using System.Collections.Concurrent;
using System.Collections.Immutable;
using ClipGen.Analyzers.Rules;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops;

/// <summary>CLIP108: a model that declares clipping and is created, in a program in which nothing can be calling its <c>ClipGradients()</c>.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnusedModelAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(RuleCatalogue.NeverClipped);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        // Calls inside generated code count, reports in it are none: the models are declared in written code.
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(Start);
    }

    private static void Start(CompilationStartAnalysisContext context)
    {
        var symbols = new KnownTypes(context.Compilation);
        if (!symbols.HasClipGen)
            return;
        bool isProgram = context.Compilation.Options.OutputKind is OutputKind.ConsoleApplication or OutputKind.WindowsApplication or OutputKind.WindowsRuntimeApplication;
        var models = new ConcurrentDictionary<INamedTypeSymbol, bool>(SymbolEqualityComparer.Default);
        var used = new Uses();
        context.RegisterSymbolAction(
            symbol =>
            {
                // What a library shows to others, others may clip.
                var type = (INamedTypeSymbol)symbol.Symbol;
                if (!type.IsAbstract && symbols.DeclaresClipping(type) && (isProgram || !IsVisibleOutside(type)))
                    models.TryAdd(type, true);
            },
            SymbolKind.NamedType);
        context.RegisterSyntaxNodeAction(node => used.Read(node, symbols), SyntaxKind.SimpleMemberAccessExpression, SyntaxKind.MemberBindingExpression, SyntaxKind.InvocationExpression);
        context.RegisterOperationAction(operation => used.Read((IObjectCreationOperation)operation.Operation), OperationKind.ObjectCreation);
        context.RegisterCompilationEndAction(end =>
        {
            if (used.IsAnyCalled)
                return;
            foreach (INamedTypeSymbol model in models.Keys.Where(model => used.IsCreated(model) && !used.IsCalled(model) && !IsHeld(model, models.Keys)))
                end.ReportDiagnostic(Diagnostic.Create(RuleCatalogue.NeverClipped, model.Locations[0], model.Name));
        });
    }

    private static bool IsVisibleOutside(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? current = type; current is not null; current = current.ContainingType)
        {
            if (current.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal))
                return false;
        }

        return true;
    }

    /// <summary>A model that another one holds is clipped with it.</summary>
    private static bool IsHeld(INamedTypeSymbol model, IEnumerable<INamedTypeSymbol> models) =>
        models.Any(holder => !SymbolEqualityComparer.Default.Equals(holder, model)
            && holder.GetMembers().Any(member => Mentions((member as IFieldSymbol)?.Type ?? (member as IPropertySymbol)?.Type, model)));

    private static bool Mentions(ITypeSymbol? type, INamedTypeSymbol model) => type switch
    {
        IArrayTypeSymbol array => Mentions(array.ElementType, model),
        INamedTypeSymbol named => KnownTypes.IsOrDerives(model, named.OriginalDefinition) || named.TypeArguments.Any(argument => Mentions(argument, model)),
        _ => false,
    };

    /// <summary>Which models are created, and which are clipped, as far as calls show it.</summary>
    private sealed class Uses
    {
        private readonly ConcurrentDictionary<INamedTypeSymbol, bool> _created = new(SymbolEqualityComparer.Default);
        private readonly ConcurrentDictionary<INamedTypeSymbol, bool> _called = new(SymbolEqualityComparer.Default);

        /// <summary>Whether clipping is called through an interface, a type parameter or by other means that may reach any model.</summary>
        public bool IsAnyCalled { get; private set; }

        public bool IsCreated(INamedTypeSymbol model) => _created.ContainsKey(model);

        public bool IsCalled(INamedTypeSymbol model) =>
            _called.Keys.Any(type => KnownTypes.IsOrDerives(model, type) || KnownTypes.IsOrDerives(type, model));

        public void Read(IObjectCreationOperation creation)
        {
            for (INamedTypeSymbol? type = creation.Type as INamedTypeSymbol; type is not null; type = type.BaseType)
                _created.TryAdd(type.OriginalDefinition, true);
        }

        public void Read(SyntaxNodeAnalysisContext context, KnownTypes symbols)
        {
            SimpleNameSyntax? name = context.Node switch
            {
                MemberAccessExpressionSyntax access => access.Name,
                MemberBindingExpressionSyntax binding => binding.Name,
                InvocationExpressionSyntax { Expression: SimpleNameSyntax simple } => simple,
                _ => null,
            };
            if (name?.Identifier.ValueText is not ("ClipGradients" or "ScaleGradients" or "VisitGradients"))
                return;
            if (name.Identifier.ValueText != "ClipGradients" && IsGenerated(context))
                return;
            ITypeSymbol? receiver = context.Node is MemberAccessExpressionSyntax member
                ? context.SemanticModel.GetTypeInfo(member.Expression, context.CancellationToken).Type
                : context.SemanticModel.GetSymbolInfo(name, context.CancellationToken).Symbol?.ContainingType;
            if (receiver is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct } type && symbols.IsAnnotated(type))
            {
                if (!IsInside(context, type))
                    _called.TryAdd(type.OriginalDefinition, true);
            }
            else
            {
                IsAnyCalled = true;
            }
        }

        // The generated overloads of a model call each other.
        private static bool IsInside(SyntaxNodeAnalysisContext context, INamedTypeSymbol type) =>
            context.ContainingSymbol?.ContainingType is { } within && SymbolEqualityComparer.Default.Equals(within.OriginalDefinition, type.OriginalDefinition)
            && context.ContainingSymbol.Name == "ClipGradients";

        private static bool IsGenerated(SyntaxNodeAnalysisContext context) => context.IsGeneratedCode;
    }
}

using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>Finds the calls at the end of a <c>using</c>.</summary>
internal sealed class Disposals(CalledMethods called, ReturnedValues returned)
{
    /// <summary>The calls of <c>Dispose()</c>, at their syntax in the control-flow graph.</summary>
    public IEnumerable<TrainingEvent> Of(IOperation resources, BodyFacts facts)
    {
        if (resources is not IVariableDeclarationGroupOperation group)
            return CallsAt(resources.Syntax, resources, facts);
        return group.Declarations
            .SelectMany(declaration => declaration.Declarators)
            .Where(declarator => declarator.Initializer is not null)
            .SelectMany(declarator => CallsAt(declarator.Syntax, declarator.Initializer!.Value, facts));
    }

    private IEnumerable<TrainingEvent> CallsAt(SyntaxNode syntax, IOperation resource, BodyFacts facts)
    {
        foreach (ITypeSymbol type in TypesOf(resource.WithoutConversions(), facts))
        {
            if (DisposeOf(type) is not { } method || !called.HasTrainingName(method))
                continue;
            yield return TrainingEvent.Call(syntax) with
            {
                Method = method,
                Target = facts.TargetOf(resource),
                TargetType = type,
                IsDisposal = true,
            };
        }
    }

    /// <summary>The types of the program that a resource can have.</summary>
    private IEnumerable<ITypeSymbol> TypesOf(IOperation resource, BodyFacts facts)
    {
        IEnumerable<IOperation> values = resource switch
        {
            IInvocationOperation invocation => returned.Of(invocation.TargetMethod).Select(value => value.Operation.WithoutConversions()),
            ILocalReferenceOperation local => facts.ValuesOf(local.Local).Select(value => value.WithoutConversions()),
            _ => [],
        };
        return values.OfType<IObjectCreationOperation>()
            .Select(creation => creation.Type)
            .Append(resource.Type)
            .OfType<INamedTypeSymbol>()
            .Where(type => type.TypeKind is TypeKind.Class or TypeKind.Struct && !type.DeclaringSyntaxReferences.IsEmpty)
            .Distinct<ITypeSymbol>(SymbolEqualityComparer.Default);
    }

    private static IMethodSymbol? DisposeOf(ITypeSymbol type) =>
        type.SelfAndBases()
            .SelectMany(current => current.GetMembers())
            .OfType<IMethodSymbol>()
            .FirstOrDefault(method => method is { Parameters.IsEmpty: true, IsStatic: false, IsAbstract: false } && IsDispose(method))
            ?.OriginalDefinition;

    private static bool IsDispose(IMethodSymbol method) =>
        method.Name is "Dispose" or "DisposeAsync"
        || method.ExplicitInterfaceImplementations.Any(implemented => implemented.Name is "Dispose" or "DisposeAsync");
}

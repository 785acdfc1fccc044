using System.Collections.Concurrent;
using ClipGen.Analyzers.Semantics;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>Finds the methods of the program that override or implement others.</summary>
internal sealed class OverrideIndex(Compilation compilation)
{
    private readonly Lazy<ILookup<string, IMethodSymbol>> _byName = new(() => MethodsByName(compilation));
    private readonly Lazy<ILookup<string, (IMethodSymbol Declared, IMethodSymbol Actual)>> _inherited =
        new(() => InheritedByName(compilation));
    private readonly ConcurrentDictionary<string, ILookup<ISymbol, IMethodSymbol>> _overrides = new();

    /// <summary>The methods of the program, with a body or abstract, that override or implement the method.</summary>
    public IEnumerable<IMethodSymbol> ImplementationsOf(IMethodSymbol method) =>
        _overrides.GetOrAdd(method.Name, FindNamed)[method.OriginalDefinition];

    /// <summary>The method, if it has a body, and those that override or implement it, up to the limit for one call.</summary>
    public IEnumerable<IMethodSymbol> CandidatesOf(IMethodSymbol method) =>
        (method.IsAbstract || method.IsVirtual ? ImplementationsOf(method).Prepend(method) : [method])
            .Where(candidate => !candidate.IsAbstract)
            .Take(AnalysisLimits.OverridesOfCall);

    /// <summary>The methods that can override or implement others, by the name of the overridden method.</summary>
    private static ILookup<string, IMethodSymbol> MethodsByName(Compilation compilation)
    {
        var methods = new List<(string Name, IMethodSymbol Method)>();
        foreach (INamedTypeSymbol type in compilation.Assembly.GlobalNamespace.TypesInside())
        {
            if (type.BaseType is null or { SpecialType: SpecialType.System_Object } && type.AllInterfaces.IsEmpty)
                continue;
            foreach (IMethodSymbol method in type.GetMembers().OfType<IMethodSymbol>())
            {
                if (method.MethodKind == MethodKind.ExplicitInterfaceImplementation)
                {
                    methods.AddRange(method.ExplicitInterfaceImplementations.Select(implemented => implemented.Name).Distinct()
                        .Select(name => (name, method)));
                }
                else if (method is { MethodKind: MethodKind.Ordinary, IsStatic: false })
                {
                    methods.Add((method.Name, method));
                }
            }
        }

        return methods.ToLookup(pair => pair.Name, pair => pair.Method);
    }

    /// <summary>
    /// Methods by which a base class implements an interface that only a derived class names, by the name of the interface method.
    /// </summary>
    private static ILookup<string, (IMethodSymbol Declared, IMethodSymbol Actual)> InheritedByName(Compilation compilation) =>
        compilation.Assembly.GlobalNamespace.TypesInside()
            .Where(type => type is
            {
                TypeKind: TypeKind.Class,
                Interfaces.IsEmpty: false,
                BaseType.DeclaringSyntaxReferences.IsEmpty: false,
            })
            .SelectMany(type => type.Interfaces.SelectMany(implemented => implemented.AllInterfaces.Add(implemented))
                .SelectMany(implemented => implemented.GetMembers().OfType<IMethodSymbol>())
                .Select(declared => (
                    Declared: declared, Actual: type.FindImplementationForInterfaceMember(declared) as IMethodSymbol, Type: type)))
            .Where(pair => pair.Actual is { MethodKind: MethodKind.Ordinary } actual
                && !TypeExtensions.IsSameDefinition(actual.ContainingType, pair.Type))
            .ToLookup(pair => pair.Declared.Name, pair => (pair.Declared, pair.Actual!.OriginalDefinition));

    private ILookup<ISymbol, IMethodSymbol> FindNamed(string name) =>
        _byName.Value[name]
            .SelectMany(method =>
                DeclarationsOf(method).Select(declared => (Declared: (ISymbol)declared.OriginalDefinition, Actual: method)))
            .Concat(_inherited.Value[name].Select(pair => (Declared: (ISymbol)pair.Declared.OriginalDefinition, pair.Actual)))
            .Where(pair => pair.Declared.Name == name)
            .Distinct()
            .ToLookup(pair => pair.Declared, pair => pair.Actual, (IEqualityComparer<ISymbol>)SymbolEqualityComparer.Default);

    private static IEnumerable<IMethodSymbol> DeclarationsOf(IMethodSymbol method)
    {
        if (method.MethodKind == MethodKind.ExplicitInterfaceImplementation)
            return method.ExplicitInterfaceImplementations;
        return Overridden(method).Concat(method.ImplementedMethods());
    }

    private static IEnumerable<IMethodSymbol> Overridden(IMethodSymbol method)
    {
        for (IMethodSymbol? overridden = method.OverriddenMethod; overridden is not null; overridden = overridden.OverriddenMethod)
            yield return overridden;
    }
}

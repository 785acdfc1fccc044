using System.Collections.Concurrent;
using ClipGen.Analyzers.TrainingLoops.Buffers;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Screening;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>Finds the methods that a call can run, and whether their source tells more than their name.</summary>
internal sealed class CalledMethods(
    ProgramIdentifiers identifiers, MethodClassifier classifier, OverrideIndex overrides, IdleClips idle, GradientHolders? holders)
{
    private readonly ConcurrentDictionary<IMethodSymbol, bool> _leftToOthers = new(SymbolEqualityComparer.Default);

    // Every call of an abstract method asks for its implementations.
    private readonly ConcurrentDictionary<IMethodSymbol, IMethodSymbol[]> _implementations = new(SymbolEqualityComparer.Default);

    /// <summary>What is known about the method without reading its body.</summary>
    public Classification Classify(IMethodSymbol method) => classifier.Classify(method);

    /// <summary>Whether the source of a called method tells more than its name.</summary>
    public bool IsWorthLookingInto(IMethodSymbol method)
    {
        if (method.MethodKind == MethodKind.LocalFunction)
            return true;
        if (method.MethodKind is not MethodKind.Ordinary)
            return false;
        if (!identifiers.TrainingNames.Contains(method.Name) && holders?.IsHolder(method.ContainingType) != true)
            return false;
        Classification known = classifier.Classify(method);
        // A method that is known to compute or apply gradients may also clip them.
        bool isKnownToTheEnd = known.Action switch
        {
            TrainingAction.None or TrainingAction.Step => false,
            TrainingAction.Backward => known.Evidence == Evidence.Certain,
            _ => known.Evidence >= Evidence.Certain,
        };
        if (isKnownToTheEnd)
            return false;
        return HasSource(method) || ((method.IsAbstract || method.IsVirtual) && ImplementationsOf(method).Any());
    }

    /// <summary>Whether methods of that name may belong to training, explicit interface implementations included.</summary>
    public bool HasTrainingName(IMethodSymbol method) =>
        !classifier.IsTorchSharp(method) && identifiers.TrainingNames.Contains(method.Name.Substring(method.Name.LastIndexOf('.') + 1));

    /// <summary>
    /// The methods that override or implement the method, if its name may belong to training. For an abstract method, the override of a
    /// class that clips and that nothing creates is left out, unless there is no other: then users of this library create the class.
    /// </summary>
    public IEnumerable<IMethodSymbol> ImplementationsOf(IMethodSymbol method) =>
        identifiers.TrainingNames.Contains(method.Name) ? _implementations.GetOrAdd(method, FindImplementations) : [];

    private IMethodSymbol[] FindImplementations(IMethodSymbol method)
    {
        IMethodSymbol[] all = [.. overrides.ImplementationsOf(method).Where(found => !classifier.IsTorchSharp(found))];
        if (!method.IsAbstract)
            return all;
        IMethodSymbol[] made = [.. all.Where(found => !idle.Contain(found))];
        return made.Any(found => !found.IsAbstract) ? made : all;
    }

    /// <summary>The methods with a body that a call can run. For a partial method, the body is in the implementing part.</summary>
    public IEnumerable<IMethodSymbol> CandidatesOf(IMethodSymbol method, bool isVirtual) =>
        (isVirtual ? ImplementationsOf(method).Prepend(method) : [method])
            .Where(candidate => !candidate.IsAbstract && !classifier.IsTorchSharp(candidate))
            .Select(candidate => candidate.PartialImplementationPart ?? candidate);

    /// <summary>
    /// Whether no method of this program with that declaration has statements, so that classes of other projects provide the body. A
    /// virtual method counts only if it is visible to other projects.
    /// </summary>
    public bool IsLeftToOthers(IMethodSymbol method) =>
        _leftToOthers.GetOrAdd(
            method,
            declared => !declared.DeclaringSyntaxReferences.IsEmpty
                && (declared.IsAbstract || (EmptyMethods.IsEmpty(declared) && IsOpenToOthers(declared)))
                && overrides.ImplementationsOf(declared).All(implementation => implementation.IsAbstract));

    private static bool IsOpenToOthers(IMethodSymbol method)
    {
        for (ISymbol? symbol = method; symbol is IMethodSymbol or INamedTypeSymbol; symbol = symbol.ContainingType)
        {
            if (symbol.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal))
                return false;
        }

        return !method.ContainingType.IsSealed;
    }

    /// <summary>The methods with a body that a call can run, whatever their names.</summary>
    public IEnumerable<IMethodSymbol> RunBy(IMethodSymbol method) =>
        (method.IsAbstract || method.IsVirtual || method.IsOverride ? overrides.ImplementationsOf(method).Prepend(method) : [method])
            .Where(candidate => !candidate.IsAbstract);

    // TorchSharp's methods are known by symbol, also in a program that compiles TorchSharp's source.
    private bool HasSource(IMethodSymbol method) =>
        !classifier.IsTorchSharp(method) && !method.IsAbstract && !method.IsExtern && !method.DeclaringSyntaxReferences.IsEmpty;
}

using System.Collections.Concurrent;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Screening;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>Answers which methods a call can run, and whether their source can say more than their name.</summary>
internal sealed class CalledMethods(ProgramIdentifiers identifiers, MethodClassifier classifier, OverrideIndex overrides)
{
    private readonly ConcurrentDictionary<IMethodSymbol, bool> _leftToOthers = new(SymbolEqualityComparer.Default);

    /// <summary>Whether the source of a called method can say more than its name.</summary>
    public bool IsWorthLookingInto(IMethodSymbol method)
    {
        if (method.MethodKind == MethodKind.LocalFunction)
            return true;
        if (method.MethodKind is not MethodKind.Ordinary || !identifiers.TrainingNames.Contains(method.Name))
            return false;
        Classification known = classifier.Classify(method);
        if (known.Evidence == Evidence.Certain && known.Action is not (TrainingAction.None or TrainingAction.Step))
            return false;
        return HasSource(method) || ((method.IsAbstract || method.IsVirtual) && ImplementationsOf(method).Any());
    }

    /// <summary>The methods that override or implement the method, if its name has to do with training.</summary>
    public IEnumerable<IMethodSymbol> ImplementationsOf(IMethodSymbol method) =>
        identifiers.TrainingNames.Contains(method.Name) ? overrides.ImplementationsOf(method) : [];

    /// <summary>The methods with a body that a call can run.</summary>
    public IEnumerable<IMethodSymbol> CandidatesOf(IMethodSymbol method, bool isVirtual) =>
        (isVirtual ? ImplementationsOf(method).Prepend(method) : [method]).Where(candidate => !candidate.IsAbstract);

    /// <summary>Whether a method of this program has no body in it: classes of other projects are to bring one.</summary>
    public bool IsLeftToOthers(IMethodSymbol method) =>
        _leftToOthers.GetOrAdd(
            method,
            declared => !declared.DeclaringSyntaxReferences.IsEmpty && overrides.ImplementationsOf(declared).All(implementation => implementation.IsAbstract));

    /// <summary>The methods with a body that a call can run, whatever their names have to do with.</summary>
    public IEnumerable<IMethodSymbol> RunBy(IMethodSymbol method) =>
        (method.IsAbstract || method.IsVirtual || method.IsOverride ? overrides.ImplementationsOf(method).Prepend(method) : [method])
            .Where(candidate => !candidate.IsAbstract);

    private static bool HasSource(IMethodSymbol method) => !method.IsAbstract && !method.IsExtern && !method.DeclaringSyntaxReferences.IsEmpty;
}

using ClipGen.Analyzers.Semantics;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops;

/// <summary>Finds models that are members of other models. They are clipped together with the model that holds them.</summary>
internal sealed class ModelHolders
{
    private readonly Dictionary<INamedTypeSymbol, HashSet<INamedTypeSymbol>> _holders = new(SymbolEqualityComparer.Default);

    public ModelHolders(IEnumerable<INamedTypeSymbol> models)
    {
        foreach (INamedTypeSymbol holder in models)
        {
            foreach (ISymbol member in holder.GetMembers())
            {
                if (((member as IFieldSymbol)?.Type ?? (member as IPropertySymbol)?.Type) is { } type)
                    AddHeld(type, holder);
            }
        }
    }

    /// <summary>Whether another model has a member of the type, of a base type or of an interface, directly or in a collection.</summary>
    public bool IsHeld(INamedTypeSymbol model) =>
        model.SelfAndBases().OfType<INamedTypeSymbol>().Concat(model.AllInterfaces)
            .Any(type => _holders.TryGetValue(type.OriginalDefinition, out HashSet<INamedTypeSymbol>? holders)
                && holders.Any(holder => !IsSame(holder, model)));

    private void AddHeld(ITypeSymbol memberType, INamedTypeSymbol holder)
    {
        var pending = new Stack<ITypeSymbol>();
        pending.Push(memberType);
        while (pending.Count > 0)
        {
            switch (pending.Pop())
            {
                case IArrayTypeSymbol array:
                    pending.Push(array.ElementType);
                    break;
                case INamedTypeSymbol named:
                    if (!_holders.TryGetValue(named.OriginalDefinition, out HashSet<INamedTypeSymbol>? holders))
                        _holders.Add(named.OriginalDefinition, holders = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default));
                    holders.Add(holder);
                    foreach (ITypeSymbol argument in named.TypeArguments)
                        pending.Push(argument);
                    break;
            }
        }
    }

    private static bool IsSame(INamedTypeSymbol one, INamedTypeSymbol other) => SymbolEqualityComparer.Default.Equals(one, other);
}

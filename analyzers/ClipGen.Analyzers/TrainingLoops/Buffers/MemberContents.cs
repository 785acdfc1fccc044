using System.Collections.Concurrent;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Buffers;

/// <summary>
/// The values that members hold or return: values of fields, items added to collections, returned values of getters and methods. For an
/// abstract property, those of its implementations.
/// </summary>
internal sealed class MemberContents(Compilation compilation, SourceBodies bodies, MemberValues members, WorkCount work)
{
    private static readonly HashSet<string> Additions = ["Add", "AddRange", "AddLast", "Push", "Enqueue", "Insert"];

    private readonly ConcurrentDictionary<ISymbol, IReadOnlyList<ValueInBody>> _known = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<INamedTypeSymbol, ILookup<string, InvocationExpressionSyntax>> _additions =
        new(SymbolEqualityComparer.Default);

    private readonly Lazy<ILookup<string, IPropertySymbol>> _properties = new(() => PropertiesByName(compilation));

    public IReadOnlyList<ValueInBody> Of(ISymbol member) => _known.GetOrAdd(member.OriginalDefinition, Find);

    /// <summary>The values that a function returns or yields, without those of functions inside it.</summary>
    public static IEnumerable<IOperation> ReturnedIn(IOperation function)
    {
        var pending = new Stack<IOperation>(function.ChildOperations);
        while (pending.Count > 0)
        {
            IOperation operation = pending.Pop();
            if (operation is IAnonymousFunctionOperation or ILocalFunctionOperation)
                continue;
            if (operation is IReturnOperation { ReturnedValue: { } value })
                yield return value;
            foreach (IOperation child in operation.ChildOperations)
                pending.Push(child);
        }
    }

    private IReadOnlyList<ValueInBody> Find(ISymbol member)
    {
        var contents = new List<ValueInBody>();
        switch (member)
        {
            case IMethodSymbol method:
                AddReturned(method, contents);
                break;
            case IPropertySymbol { IsAbstract: true } property:
                foreach (IPropertySymbol implementation in ImplementationsOf(property).Take(AnalysisLimits.OverridesOfCall))
                    contents.AddRange(FindHeld(implementation));
                break;
            default:
                contents.AddRange(FindHeld(member));
                break;
        }

        return contents;
    }

    private IReadOnlyList<ValueInBody> FindHeld(ISymbol member)
    {
        var contents = new List<ValueInBody>();
        foreach (MemberValues.Value value in members.Of(member))
            contents.Add(new ValueInBody(value.Operation, value.Facts ?? bodies.Adopt(value.Operation.Root())));
        if (member is IPropertySymbol { GetMethod: { } getter })
            AddReturned(getter, contents);
        if (member is IFieldSymbol or IPropertySymbol && member.ContainingType is { } type)
            AddAdditions(member, type, contents);
        return contents;
    }

    private void AddReturned(IMethodSymbol method, List<ValueInBody> contents)
    {
        foreach (SyntaxReference reference in method.DeclaringSyntaxReferences)
        {
            if (reference.Span.Length > AnalysisLimits.BodyLength || bodies.FactsOf(reference.GetSyntax()) is not { } facts)
                continue;
            SyntaxNode declaration = reference.GetSyntax();
            IOperation root =
                facts.Root.DescendantsAndSelf().FirstOrDefault(part => part is ILocalFunctionOperation && part.Syntax == declaration)
                    ?? facts.Root;
            contents.AddRange(ReturnedIn(root).Select(value => new ValueInBody(value, facts)));
        }
    }

    /// <summary>The items that the type adds to a collection in one of its members.</summary>
    private void AddAdditions(ISymbol member, INamedTypeSymbol type, List<ValueInBody> contents)
    {
        foreach (InvocationExpressionSyntax call in _additions.GetOrAdd(type.OriginalDefinition, FindAdditions)[member.Name])
        {
            if (bodies.OperationOf(call) is IInvocationOperation { Arguments: { Length: > 0 } arguments }
                && bodies.FactsAround(call) is { } facts)
            {
                contents.Add(new ValueInBody(arguments[arguments.Length - 1].Value, facts));
            }
        }
    }

    /// <summary>The calls in a type that add an item to something, by the name of the collection.</summary>
    private ILookup<string, InvocationExpressionSyntax> FindAdditions(INamedTypeSymbol type)
    {
        var additions = new List<(InvocationExpressionSyntax Call, string Member)>();
        foreach (SyntaxNode node in type.DeclaringSyntaxReferences.SelectMany(reference => reference.GetSyntax().DescendantNodes()))
        {
            work.Add(1);
            if (node is InvocationExpressionSyntax call && AddedTo(call) is { } member)
                additions.Add((call, member));
        }

        return additions.ToLookup(addition => addition.Member, addition => addition.Call);
    }

    private static string? AddedTo(InvocationExpressionSyntax call) =>
        call.Expression is MemberAccessExpressionSyntax access && Additions.Contains(access.Name.Identifier.ValueText)
            ? access.Expression switch
            {
                IdentifierNameSyntax identifier => identifier.Identifier.ValueText,
                MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } own => own.Name.Identifier.ValueText,
                _ => null,
            }
            : null;

    private IEnumerable<IPropertySymbol> ImplementationsOf(IPropertySymbol declared) => _properties.Value[declared.Name].Where(property =>
        IsOverrideOf(property, declared)
        || property.ContainingType.AllInterfaces.Any(implemented => TypeExtensions.IsSameDefinition(implemented, declared.ContainingType)));

    private static bool IsOverrideOf(IPropertySymbol property, IPropertySymbol declared)
    {
        for (IPropertySymbol? current = property.OverriddenProperty; current is not null; current = current.OverriddenProperty)
        {
            if (TypeExtensions.IsSameDefinition(current, declared))
                return true;
        }

        return false;
    }

    /// <summary>The properties that can implement others, by name.</summary>
    private static ILookup<string, IPropertySymbol> PropertiesByName(Compilation compilation) =>
        compilation.Assembly.GlobalNamespace.TypesInside()
            .Where(type => type.BaseType is not (null or { SpecialType: SpecialType.System_Object }) || !type.AllInterfaces.IsEmpty)
            .SelectMany(type => type.GetMembers().OfType<IPropertySymbol>())
            .Where(property => !property.IsAbstract)
            .ToLookup(property => property.Name.Substring(property.Name.LastIndexOf('.') + 1));
}

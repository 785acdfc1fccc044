using System.Collections.Immutable;
using ClipGen.Analyzers.Semantics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Values;

/// <summary>
/// The optimizer, network or collection that a call is about: a variable or <c>this</c>, and the members that lead from it, such as
/// <c>trainer._model.head</c>. Elements of a collection count as the collection.
/// </summary>
internal sealed class Target : IEquatable<Target>
{
    public static readonly Target This = new(ImmutableArray<ISymbol>.Empty);

    private Target(ImmutableArray<ISymbol> path) => Path = path;

    /// <summary>The symbols, starting with the root. Empty for <c>this</c>. A member of <c>this</c> is its own root.</summary>
    public ImmutableArray<ISymbol> Path { get; }

    public ISymbol? Root => Path.IsEmpty ? null : Path[0];

    public ISymbol? Last => Path.IsEmpty ? null : Path[Path.Length - 1];

    /// <summary>The type of the variable or member that the target names; <see langword="null"/> for <c>this</c>.</summary>
    public ITypeSymbol? Type => Last switch
    {
        ILocalSymbol local => local.Type,
        IParameterSymbol parameter => parameter.Type,
        IFieldSymbol member => member.Type,
        IPropertySymbol property => property.Type,
        IMethodSymbol method => method.ReturnType,
        _ => null,
    };

    /// <summary>Whether the target is the gradient of a tensor.</summary>
    public bool IsGradient => Last is IPropertySymbol { Name: "grad" };

    public string Text => Path.IsEmpty ? "this" : string.Join(".", Path.Select(symbol => symbol.Name));

    public static Target Of(ISymbol symbol) => new(ImmutableArray.Create(symbol));

    public Target Append(ISymbol member) => new(Path.Add(member));

    public bool IsPrefixOf(Target other)
    {
        if (Path.Length > other.Path.Length)
            return false;
        for (int i = 0; i < Path.Length; i++)
        {
            if (!SymbolEqualityComparer.Default.Equals(Path[i], other.Path[i]))
                return false;
        }

        return true;
    }

    /// <summary>The same target as a caller sees it: a parameter becomes its argument, <c>this</c> the receiver.</summary>
    /// <returns><see langword="null"/> if the caller's expression is not understood.</returns>
    public Target? Substitute(ArgumentMap arguments, Target? receiver)
    {
        ImmutableArray<ISymbol> rest;
        Target? start;
        switch (Root)
        {
            case IParameterSymbol parameter:
                // A parameter without an argument belongs to an enclosing method, whose variables the function shares.
                if (!arguments.TryGetValue(parameter, out start))
                    return this;
                rest = Path.RemoveAt(0);
                break;
            case null or IFieldSymbol { IsStatic: false } or IPropertySymbol { IsStatic: false } or IMethodSymbol { IsStatic: false }:
                start = receiver;
                rest = Path;
                break;
            default:
                return this;
        }

        if (start is null)
            return null;
        return start.Path.IsEmpty && rest.Length == Path.Length ? this : rest.IsEmpty ? start : new Target(start.Path.AddRange(rest));
    }

    /// <summary>Reads an expression of the operation tree (not of the control-flow graph) as a target.</summary>
    /// <param name="operation">The expression.</param>
    /// <param name="alias">The expression that a local refers to, if any.</param>
    /// <returns>
    /// <see langword="null"/> for an expression that names nothing, or that is longer than <see cref="AnalysisLimits.ExpressionDepth"/>.
    /// </returns>
    public static Target? From(IOperation? operation, Func<ILocalSymbol, IOperation?>? alias = null) => From(operation, alias, 0);

    private static Target? From(IOperation? operation, Func<ILocalSymbol, IOperation?>? alias, int depth)
    {
        if (depth > AnalysisLimits.ExpressionDepth)
            return null;
        switch (operation)
        {
            case ILocalReferenceOperation local:
                return alias?.Invoke(local.Local) is { } value && From(value, alias, depth + 1) is { } aliased
                    ? aliased
                    : Of(local.Local);
            case IParameterReferenceOperation parameter:
                return Of(parameter.Parameter);
            case IInstanceReferenceOperation:
                return This;
            case IMemberReferenceOperation { Member.IsStatic: true } member
                when member is IFieldReferenceOperation or IPropertyReferenceOperation:
                return Of(member.Member);
            case IPropertyReferenceOperation { Arguments.Length: > 0 } indexer:
                return From(indexer.Instance, alias, depth + 1);
            case IFieldReferenceOperation field:
                return From(field.Instance, alias, depth + 1)?.Append(field.Field);
            case IPropertyReferenceOperation property:
                return From(property.Instance, alias, depth + 1)?.Append(property.Property);
            case IArrayElementReferenceOperation element:
                return From(element.ArrayReference, alias, depth + 1);
            case IConversionOperation conversion:
                return From(conversion.Operand, alias, depth + 1);
            case IParenthesizedOperation parenthesized:
                return From(parenthesized.Operand, alias, depth + 1);
            case IAwaitOperation awaited:
                return From(awaited.Operation, alias, depth + 1);
            case IConditionalAccessInstanceOperation placeholder:
                return From(placeholder.ConditionalReceiver(), alias, depth + 1);
            case IConditionalAccessOperation access:
                return From(access.WhenNotNull, alias, depth + 1);
            case ICoalesceOperation coalesce:
                return From(coalesce.Value, alias, depth + 1);
            case IInvocationOperation { Arguments.Length: 0, TargetMethod: { IsStatic: false } method } invocation:
                return From(invocation.Instance, alias, depth + 1)?.Append(method);
            default:
                return null;
        }
    }

    public bool Equals(Target? other) => other is not null && Path.Length == other.Path.Length && IsPrefixOf(other);

    public override bool Equals(object? obj) => Equals(obj as Target);

    public override int GetHashCode()
    {
        int hash = 17;
        foreach (ISymbol symbol in Path)
            hash = unchecked((hash * 31) + SymbolEqualityComparer.Default.GetHashCode(symbol));
        return hash;
    }

    public override string ToString() => Text;
}

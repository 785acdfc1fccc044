using System.Collections.Concurrent;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Buffers;

/// <summary>
/// Finds types that keep declared gradients of other types, such as an optimizer that receives arrays. The names of their methods do not
/// matter.
/// </summary>
internal sealed class GradientHolders(KnownTypes types, BufferValues values)
{
    private readonly ConcurrentDictionary<INamedTypeSymbol, bool> _known = new(SymbolEqualityComparer.Default);

    public bool IsHolder(INamedTypeSymbol? type) =>
        type is { TypeKind: TypeKind.Class or TypeKind.Struct, DeclaringSyntaxReferences.IsEmpty: false }
        && _known.GetOrAdd(type.OriginalDefinition, Find);

    private bool Find(INamedTypeSymbol type) =>
        type.GetMembers().OfType<IFieldSymbol>().Where(field => CanHold(field.Type)).Select(values.ContentsOf)
            .Concat(type.InstanceConstructors
                .SelectMany(constructor => constructor.Parameters)
                .Where(parameter => CanHold(parameter.Type))
                .Select(values.ArgumentsFor))
            .Any(value => value.Flattened().Roots.Any(root => types.IsDeclaredGradient(root.Symbol)));

    private static bool CanHold(ITypeSymbol type) => type is IArrayTypeSymbol or INamedTypeSymbol { TypeArguments.Length: > 0 };
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Generator.Reading;

/// <summary>
/// Finds the buffers of a class that are visibly never null, never replaced and never shared with another member: readonly members that are
/// initialized with <c>new T[n]</c> and not assigned elsewhere. Generated code need not check them.
/// </summary>
/// <remarks>
/// Code that writes to readonly fields by reflection or through <c>UnsafeAccessor</c> is left to itself, as it is by the compiler.
/// Everything that makes objects without their initializers and that a declaration shows is looked for: serializers, and copy constructors
/// of records, which run no initializers.
/// </remarks>
internal sealed class ProvenBuffers
{
    // They turn a readonly reference into a writable one.
    private static readonly string[] Unsafe = ["AsRef", "UnsafeAccessor"];

    private readonly INamedTypeSymbol _type;
    private readonly HashSet<string> _written = [];
    private readonly bool _runsInitializers;

    private ProvenBuffers(INamedTypeSymbol type, CancellationToken cancellation)
    {
        _type = type;
        _runsInitializers = type.TypeKind == TypeKind.Class && !IsSerialized(type) && !HasCopyConstructor(type);
        foreach (SyntaxReference reference in type.DeclaringSyntaxReferences)
        {
            if (_runsInitializers && reference.GetSyntax(cancellation) is TypeDeclarationSyntax declaration)
            {
                string text = reference.SyntaxTree.GetText(cancellation).ToString(declaration.Span);
                _runsInitializers = !Array.Exists(Unsafe, word => text.Contains(word));
                AddWritten(declaration);
            }
        }
    }

    /// <summary>Searches the constructors of a type.</summary>
    public static ProvenBuffers Of(INamedTypeSymbol type, CancellationToken cancellation) => new(type, cancellation);

    /// <summary>Whether the member's buffer is proven, given that its initializer is visible and has that length.</summary>
    public bool Contain(ISymbol member, CancellationToken cancellation) =>
        _runsInitializers
        && !member.IsStatic
        && SymbolEqualityComparer.Default.Equals(member.ContainingType, _type)
        && !_written.Contains(member.Name)
        && (member is IFieldSymbol { IsReadOnly: true } || (member is IPropertySymbol property && IsPlain(property, cancellation)));

    /// <summary>Whether reading the property reads its field, also in derived types.</summary>
    private static bool IsPlain(IPropertySymbol property, CancellationToken cancellation) =>
        property is { SetMethod: null, IsVirtual: false, IsOverride: false, IsAbstract: false }
        && property.DeclaringSyntaxReferences is [{ } reference]
        && reference.GetSyntax(
            cancellation) is PropertyDeclarationSyntax { AccessorList.Accessors: [{ Body: null, ExpressionBody: null }] };

    private static bool IsSerialized(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            if (current.SpecialType == SpecialType.None
                && current.GetAttributes()
                    .Any(attribute => attribute.AttributeClass?.Name is "SerializableAttribute" or "DataContractAttribute"))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasCopyConstructor(INamedTypeSymbol type) =>
        type.IsRecord
        && type.InstanceConstructors.Any(constructor =>
            constructor is { IsImplicitlyDeclared: false, Parameters: [{ } original] }
                && SymbolEqualityComparer.Default.Equals(original.Type, type));

    /// <summary>The writes of constructors and <c>init</c> accessors. No other code can write a readonly field.</summary>
    private void AddWritten(TypeDeclarationSyntax declaration)
    {
        foreach (MemberDeclarationSyntax member in declaration.Members)
        {
            if (member is ConstructorDeclarationSyntax)
            {
                AddWrittenIn(member);
            }
            else if (member is BasePropertyDeclarationSyntax { AccessorList: { } accessors })
            {
                foreach (AccessorDeclarationSyntax accessor in accessors.Accessors.Where(
                    accessor => accessor.IsKind(SyntaxKind.InitAccessorDeclaration)))
                {
                    AddWrittenIn(accessor);
                }
            }
        }
    }

    private void AddWrittenIn(SyntaxNode body)
    {
        foreach (SyntaxNode node in body.DescendantNodes())
        {
            switch (node)
            {
                case AssignmentExpressionSyntax assignment:
                    AddTarget(assignment.Left);
                    break;
                case ArgumentSyntax { RefKindKeyword.RawKind: not (int)SyntaxKind.None } argument:
                    AddTarget(argument.Expression);
                    break;
                case RefExpressionSyntax reference:
                    AddTarget(reference.Expression);
                    break;
                case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.AddressOfExpression } address:
                    AddTarget(address.Operand);
                    break;
                case ForEachVariableStatementSyntax each:
                    AddTarget(each.Variable);
                    break;
            }
        }
    }

    /// <summary>Every name in the target. A name too many only loses the proof.</summary>
    private void AddTarget(ExpressionSyntax target)
    {
        // The write is to elements, not to the field.
        if (target is ElementAccessExpressionSyntax)
        {
            return;
        }

        foreach (IdentifierNameSyntax name in target.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>())
        {
            _written.Add(name.Identifier.ValueText);
        }
    }
}

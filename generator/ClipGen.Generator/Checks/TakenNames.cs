using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Generator.Checks;

/// <summary>
/// Finds names in the user's code of a type that mean something else before a generated member of that name is added: a class
/// <c>GradientNorm</c> whose static method a model calls, a type <c>ClipGenSource</c> that is the type of a field.
/// </summary>
internal static class TakenNames
{
    /// <param name="type">The type that members are added to.</param>
    /// <param name="generated">The names of the added members, except those of unrolled structs.</param>
    /// <param name="compilation">The compilation.</param>
    /// <param name="problems">Receives the problems.</param>
    /// <param name="cancellation">Ends the search.</param>
    public static void Check(
        INamedTypeSymbol type, IEnumerable<string> generated, Compilation compilation, List<Problem> problems,
        CancellationToken cancellation)
    {
        var names = new HashSet<string>(generated);
        foreach (SyntaxReference part in type.DeclaringSyntaxReferences)
        {
            // The class of a program spans its whole file, but the top-level statements are no code of the class.
            if (part.GetSyntax(cancellation) is not TypeDeclarationSyntax declaration || !compilation.ContainsSyntaxTree(part.SyntaxTree))
            {
                continue;
            }

            foreach (IdentifierNameSyntax name in declaration.DescendantNodes().OfType<IdentifierNameSyntax>())
            {
                string text = name.Identifier.ValueText;
                if ((names.Contains(text)
                    || (text.StartsWith(ReservedMembers.UnrolledStructs, StringComparison.Ordinal)
                        && ReservedMembers.IsNameOfNestedType(text)))
                    && IsSimple(name)
                    && FindTaken(name, type, compilation.GetSemanticModel(part.SyntaxTree)) is { } taken)
                {
                    ISymbol reported = SymbolEqualityComparer.Default.Equals(taken.ContainingAssembly, compilation.Assembly) ? taken : type;
                    problems.Add(new Problem(RuleIds.ReservedMember, true, reported, null, text, type.Name,
                        "rename it, or write its full name in the type"));
                    return;
                }
            }
        }
    }

    /// <summary>Not after a dot, where the name is looked up in the expression before the dot.</summary>
    private static bool IsSimple(IdentifierNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access => access.Expression == name,
        QualifiedNameSyntax qualified => qualified.Left == name,
        MemberBindingExpressionSyntax or AliasQualifiedNameSyntax or NameEqualsSyntax or NameColonSyntax => false,
        _ => true,
    };

    private static ISymbol? FindTaken(IdentifierNameSyntax name, INamedTypeSymbol type, SemanticModel model)
    {
        string text = name.Identifier.ValueText;
        bool isNestedType = ReservedMembers.IsNameOfNestedType(text);

        // Where a type is expected, a method of its name hides it only before a dot.
        bool wantsType = !isNestedType && name.Parent is not (MemberAccessExpressionSyntax or InvocationExpressionSyntax or ArgumentSyntax);
        return model.LookupSymbols(name.SpanStart, name: text).FirstOrDefault(symbol => symbol switch
        {
            ILocalSymbol or IParameterSymbol or IRangeVariableSymbol or ITypeParameterSymbol => false,
            INamespaceOrTypeSymbol when wantsType => false,
            INamedTypeSymbol { Arity: > 0 } when isNestedType => false,
            _ => !IsMemberOf(symbol, type) && !MemberSymbols.IsGenerated(symbol, type.ContainingAssembly),
        });
    }

    private static bool IsMemberOf(ISymbol symbol, INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(symbol.ContainingType?.OriginalDefinition, current.OriginalDefinition))
            {
                return true;
            }
        }

        return false;
    }
}

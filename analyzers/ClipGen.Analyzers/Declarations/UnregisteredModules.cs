using ClipGen.Analyzers.Rules;
using ClipGen.Analyzers.Semantics;
using ClipGen.Generator.Reading;
using ClipGen.Generator.Torch;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.Declarations;

/// <summary>
/// Finds members of a TorchSharp module that hold modules or parameters in an array or in a collection of the framework (CLIP015).
/// <c>RegisterComponents</c> registers fields that are modules or parameters, and ignores collections. Such layers are in no norm, and no
/// optimizer steps them.
/// </summary>
internal static class UnregisteredModules
{
    private static readonly HashSet<string> Registrations = ["register_module", "register_parameter", "add_module"];

    private static readonly HashSet<string> Containers = ["Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict"];

    public static IEnumerable<Diagnostic> Find(INamedTypeSymbol type, CancellationToken cancellation)
    {
        foreach (ISymbol member in MemberSymbols.Held(type))
        {
            ITypeSymbol memberType = MemberSymbols.TypeOf(member);
            if (FindHeld(memberType) is { } held && !IsRegistered(member, cancellation))
            {
                yield return Diagnostic.Create(
                    RuleCatalogue.HeldByNoSource,
                    member.Locations[0],
                    member.Name,
                    memberType.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat),
                    held.Name,
                    "TorchSharp does not register what a collection holds: hold it in a ModuleList or call register_module for each "
                    + $"'{held.Name}'");
            }
        }
    }

    /// <summary>The module or parameter type in a collection that is no module.</summary>
    private static ITypeSymbol? FindHeld(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => FindItem(array.ElementType),
        INamedTypeSymbol { TypeKind: not TypeKind.Delegate } named when !TorchModules.IsModule(named) && !TorchModules.IsParameter(named) =>
            named.TypeArguments.Select(FindItem).FirstOrDefault(item => item is not null),
        _ => null,
    };

    private static ITypeSymbol? FindItem(ITypeSymbol type) =>
        TorchModules.IsModule(type) || TorchModules.IsModuleInterface(type) || TorchModules.IsParameter(type) ? type : FindHeld(type);

    /// <summary>Whether the type registers something itself, or passes the member to a container that does.</summary>
    private static bool IsRegistered(ISymbol member, CancellationToken cancellation)
    {
        foreach (SyntaxReference reference in member.ContainingType.DeclaringSyntaxReferences)
        {
            foreach (SyntaxNode node in reference.GetSyntax(cancellation).DescendantNodes())
            {
                bool registers = node switch
                {
                    InvocationExpressionSyntax call => Registers(call.CalledName(), call.ArgumentList, member),
                    ObjectCreationExpressionSyntax creation => Registers(creation.CalledName(), creation.ArgumentList, member),
                    _ => false,
                };
                if (registers)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool Registers(string? called, ArgumentListSyntax? arguments, ISymbol member) =>
        called is not null
        && arguments is not null
        && (Registrations.Contains(called)
            || (Containers.Contains(called)
                && arguments.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.ValueText == member.Name)));
}

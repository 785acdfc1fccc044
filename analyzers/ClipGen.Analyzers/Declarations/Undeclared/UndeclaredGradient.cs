using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Declarations.Undeclared;

/// <summary>A member that evidently is or holds a gradient, and that is in no norm.</summary>
/// <param name="Member">The member.</param>
/// <param name="Evidence">The evidence, as the message states it after the member's name.</param>
/// <param name="Remedy">How to declare it, as the message states it.</param>
/// <param name="Fix">The action of the first fix.</param>
/// <param name="Parameter">The parameter that the gradient belongs to, if there is one.</param>
internal sealed record UndeclaredGradient(ISymbol Member, string Evidence, string Remedy, DeclarationFix Fix, ISymbol? Parameter = null)
{
    /// <summary>Whether all variables of the declaration are to be marked, so that one attribute is enough.</summary>
    public bool IsWholeDeclaration { get; init; }

    /// <summary>What the fix writes elsewhere: an attribute of the assembly, without its brackets, or a property.</summary>
    public string? Insertion { get; init; }
}

/// <summary>How a fix can declare a gradient.</summary>
internal enum DeclarationFix
{
    /// <summary>Only by leaving it out. It must be declared elsewhere.</summary>
    None,

    /// <summary>With <c>[Gradient]</c>.</summary>
    Mark,

    /// <summary>In the <c>[Parameter]</c> of its parameter.</summary>
    NameInParameter,

    /// <summary>With an attribute of the assembly, for a type of another assembly.</summary>
    DeclareOnAssembly,

    /// <summary>By a property that returns the elements.</summary>
    AddProperty,
}

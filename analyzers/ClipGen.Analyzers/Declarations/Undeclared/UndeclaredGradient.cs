using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Declarations.Undeclared;

/// <summary>A member that is evidently a gradient, or holds some, and is in no norm.</summary>
/// <param name="Member">The member.</param>
/// <param name="Evidence">What gives it away, as the message says it after the member's name.</param>
/// <param name="Remedy">How it is declared, as the message says it.</param>
/// <param name="Fix">What the first fix does.</param>
/// <param name="Parameter">The member that the evidence is the gradient of, where there is one.</param>
internal sealed record UndeclaredGradient(ISymbol Member, string Evidence, string Remedy, DeclarationFix Fix, ISymbol? Parameter = null)
{
    /// <summary>Whether every variable of the declaration is to be marked: one attribute can say it of all.</summary>
    public bool IsWholeDeclaration { get; init; }

    /// <summary>What the fix writes elsewhere: an attribute of the assembly, without its brackets, or a property.</summary>
    public string? Insertion { get; init; }
}

/// <summary>How a gradient can be declared by a fix.</summary>
internal enum DeclarationFix
{
    /// <summary>Only left out: it must be declared elsewhere.</summary>
    None,

    /// <summary>With <c>[Gradient]</c>.</summary>
    Mark,

    /// <summary>In the <c>[Parameter]</c> of its parameter.</summary>
    NameInParameter,

    /// <summary>With an attribute of the assembly, for a type of another one.</summary>
    DeclareOnAssembly,

    /// <summary>By a property that hands over the elements.</summary>
    AddProperty,
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.Declarations.Code;

/// <summary>One piece of a type's code: a method, a constructor, an accessor, or the initializers of a declaration.</summary>
/// <param name="name">The name of the method, property or type.</param>
/// <param name="node">Its declaration.</param>
/// <param name="timing">How often the body runs, told from its name.</param>
internal sealed class CodeBody(string name, SyntaxNode node, CallTiming timing)
{
    public string Name { get; } = name;

    public SyntaxNode Node { get; } = node;

    public CallTiming Timing { get; set; } = timing;

    /// <summary>Whether only the type itself can call the body.</summary>
    public bool IsPrivate { get; init; }

    public bool IsConstructor { get; init; }

    /// <summary>Whether this is a getter, a method or another body that returns a value.</summary>
    public bool IsRead { get; init; }

    /// <summary>The parameters in declaration order.</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];

    /// <summary>All parameters, those of lambdas and local functions included.</summary>
    public HashSet<string> Arguments { get; } = new(StringComparer.Ordinal);

    /// <summary>The parameters that pass values of a sample, and the variables computed from them.</summary>
    public HashSet<string> Derived { get; } = new(StringComparer.Ordinal);

    /// <summary>The local variables and their assigned values.</summary>
    public Dictionary<string, List<ExpressionSyntax>> Locals { get; } = new(StringComparer.Ordinal);

    /// <summary>The returned values.</summary>
    public List<ExpressionSyntax> Returned { get; } = [];

    /// <summary>The calls of methods of the same object.</summary>
    public List<OwnCall> Calls { get; } = [];

    public bool Declares(string identifier) => Arguments.Contains(identifier) || Locals.ContainsKey(identifier);
}

/// <summary>A call of a method of the same object.</summary>
/// <param name="Method">The method's name; empty for a constructor of the base, <c>this</c> for one of the type.</param>
/// <param name="Arguments">The arguments.</param>
/// <param name="Node">The call.</param>
internal sealed record OwnCall(string Method, ArgumentListSyntax Arguments, SyntaxNode Node);

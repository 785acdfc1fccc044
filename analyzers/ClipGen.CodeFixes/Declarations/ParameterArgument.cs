using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.CodeFixes.Declarations;

/// <summary>The edit that makes a <c>[Parameter]</c> name its gradient.</summary>
internal static class ParameterArgument
{
    /// <summary>The edit, or null if the attribute is in another file than the gradient.</summary>
    public static TextChange? For(DeclaredMember gradient, string? parameter, SemanticModel model, CancellationToken cancellation)
    {
        if (parameter is null || model.GetDeclaredSymbol(gradient.Declaration, cancellation) is not { ContainingType: { } type })
        {
            return null;
        }

        AttributeData? attribute = type.GetMembers(parameter)
            .SelectMany(member => MemberSymbols.Attributes(member))
            .FirstOrDefault(candidate => WellKnownNames.IsClipGenType(candidate.AttributeClass, WellKnownNames.Parameter));
        return attribute?.ApplicationSyntaxReference is { } reference
            && reference.SyntaxTree == gradient.Declaration.SyntaxTree
            && reference.GetSyntax(cancellation) is AttributeSyntax syntax
                ? Edit(syntax, $"Gradient = nameof({gradient.Identifier.Text})")
                : null;
    }

    private static TextChange Edit(AttributeSyntax attribute, string argument) => attribute.ArgumentList switch
    {
        null => Insert(attribute.Name.Span.End, $"({argument})"),
        { Arguments: [.., var last] } => Insert(last.Span.End, ", " + argument),
        { OpenParenToken: var open } => Insert(open.Span.End, argument),
    };

    private static TextChange Insert(int position, string text) => new(new TextSpan(position, 0), text);
}

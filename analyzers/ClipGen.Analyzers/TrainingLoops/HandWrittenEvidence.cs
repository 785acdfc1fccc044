using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops;

/// <summary>
/// Decides whether a step that is known by its name only may be reported: beside a backward pass, over buffers that look like gradients,
/// with all source at hand and no word of clipping in it.
/// </summary>
internal static class HandWrittenEvidence
{
    private static readonly Regex GradientName = new("grad|^_?(d|delta|nabla)_?([WBUV]|weight|bias)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    public static bool IsEnough(TrainingProgram program, BodyGraph body, StepSite site)
    {
        if (site.Backward is not { } backward)
            return false;
        bool hasGradients = false;
        foreach (ITypeSymbol? type in new[] { site.Step.TargetType, site.Step.Method?.ContainingType, backward.TargetType, backward.Method?.ContainingType })
        {
            if (type is null)
                continue;
            // An interface says nothing of what its implementations do, and a library's source cannot be read.
            IReadOnlyList<SyntaxNode> declarations = Declarations(program, type);
            if (declarations.Count == 0)
                return false;
            foreach (SyntaxNode declaration in declarations)
            {
                foreach (SyntaxToken token in declaration.DescendantTokens())
                {
                    if (!token.IsKind(SyntaxKind.IdentifierToken))
                        continue;
                    if (TrainingVocabulary.HintsAtClipping(token.ValueText))
                        return false;
                    hasGradients |= GradientName.IsMatch(token.ValueText);
                }
            }
        }

        return hasGradients && !HintsAtClipping(body.Facts.Root.Syntax);
    }

    private static bool HintsAtClipping(SyntaxNode body)
    {
        SyntaxNode type = body.FirstAncestorOrSelf<TypeDeclarationSyntax>() ?? body;
        return type.DescendantTokens().Any(token => token.IsKind(SyntaxKind.IdentifierToken) && TrainingVocabulary.HintsAtClipping(token.ValueText));
    }

    private static IReadOnlyList<SyntaxNode> Declarations(TrainingProgram program, ITypeSymbol type)
    {
        var declarations = new List<SyntaxNode>();
        for (ITypeSymbol? current = type; current is not null and not { SpecialType: SpecialType.System_Object }; current = current.BaseType)
        {
            if (current.DeclaringSyntaxReferences.IsEmpty)
                return [];
            declarations.AddRange(current.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(program.Cancellation)));
        }

        if (type.TypeKind == TypeKind.Interface || type.IsAbstract)
        {
            foreach (IMethodSymbol method in type.GetMembers().OfType<IMethodSymbol>())
            {
                foreach (IMethodSymbol implementation in program.ImplementationsOf(method))
                    declarations.AddRange(implementation.ContainingType.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(program.Cancellation)));
            }
        }

        return declarations;
    }
}

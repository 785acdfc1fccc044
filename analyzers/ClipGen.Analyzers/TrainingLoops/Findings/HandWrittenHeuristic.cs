using ClipGen.Analyzers.Declarations.Undeclared;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>
/// Decides whether a step that is known by its name only may be reported: beside a backward pass, over buffers that look like gradients,
/// with all source at hand and no word of clipping in it.
/// </summary>
internal sealed class HandWrittenHeuristic
{
    private readonly TrainingProgram _program;
    private readonly BodyGraph _body;
    private readonly HashSet<SyntaxNode> _declarations = [];
    private bool _hasGradients;

    private HandWrittenHeuristic(TrainingProgram program, BodyGraph body)
    {
        _program = program;
        _body = body;
    }

    public static bool IsEnough(TrainingProgram program, BodyGraph body, StepSite site) =>
        site.Backward is { } backward && new HandWrittenHeuristic(program, body).IsEnough(site.Step, backward);

    private bool IsEnough(TrainingEvent step, TrainingEvent backward)
    {
        // What a library or an interface without implementations does cannot be read.
        if (!Add(step.TargetType) || !Add(step.Method?.ContainingType) || !Add(backward.TargetType) || !Add(backward.Method?.ContainingType))
            return false;
        AddReached(step);
        AddReached(backward);
        foreach (SyntaxNode declaration in _declarations)
        {
            if (!Read(declaration))
                return false;
        }

        return _hasGradients && !HintsAtClipping(_body.Facts.Root.Syntax);
    }

    /// <returns>Whether a type, where there is one, has its source in the program.</returns>
    private bool Add(ITypeSymbol? type)
    {
        if (type is null)
            return true;
        if (!HasSource(type))
            return false;
        // What a framework's base class holds is not this program's.
        for (ITypeSymbol? current = type; current is not null && HasSource(current); current = current.BaseType)
            _declarations.UnionWith(current.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(_program.Cancellation)));
        if (type.TypeKind == TypeKind.Interface || type.IsAbstract)
        {
            foreach (IMethodSymbol method in type.GetMembers().OfType<IMethodSymbol>())
            {
                foreach (IMethodSymbol implementation in _program.ImplementationsOf(method))
                    _declarations.UnionWith(implementation.ContainingType.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(_program.Cancellation)));
            }
        }

        return true;
    }

    // A referenced project is source in an editor and a library in the build: the answer must not depend on that.
    private bool HasSource(ITypeSymbol type) =>
        !type.DeclaringSyntaxReferences.IsEmpty && SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, _program.Bodies.Compilation.Assembly);

    /// <summary>The methods in which the calls of a step or a backward pass end up: those of the layers of a network that updates itself.</summary>
    private void AddReached(TrainingEvent found)
    {
        IEnumerable<BodyGraph> bodies = found.Through;
        if (found.Method is { } method)
            bodies = bodies.Concat(_program.CandidatesOf(method.OriginalDefinition, found.IsVirtual).Select(_program.GraphOf).OfType<BodyGraph>());
        _declarations.UnionWith(_program.ReachedFrom(bodies).Select(reached => reached.Facts.Root.Syntax));
    }

    /// <summary>
    /// Looks for gradients, and for words of clipping. A method that clips says nothing by being there: those who call it name it.
    /// </summary>
    /// <returns>Whether there is none of the latter.</returns>
    private bool Read(SyntaxNode declaration)
    {
        foreach (SyntaxToken token in IdentifiersOutsideClips(declaration))
        {
            if (TrainingVocabulary.HintsAtClipping(token.ValueText))
                return false;
            _hasGradients = _hasGradients || IsGradientVariable(token);
        }

        return true;
    }

    private static IEnumerable<SyntaxToken> IdentifiersOutsideClips(SyntaxNode declaration) =>
        declaration.DescendantTokens(node => node == declaration || node is not MethodDeclarationSyntax method || !TrainingVocabulary.IsClipName(method.Identifier.ValueText, null))
            .Where(token => token.IsKind(SyntaxKind.IdentifierToken));

    // The names of methods and types have spoken already: what they are done to is the other half of the evidence.
    private static bool IsGradientVariable(SyntaxToken token)
    {
        bool isVariable = token.Parent switch
        {
            VariableDeclaratorSyntax or ParameterSyntax or PropertyDeclarationSyntax or SingleVariableDesignationSyntax => true,
            IdentifierNameSyntax { Parent: MemberAccessExpressionSyntax access } name => access.Name == name && access.Parent is not InvocationExpressionSyntax,
            _ => false,
        };
        return isVariable && GradientName.Parse(token.ValueText) is { } gradient && (gradient.IsSpelledOut || gradient.IsOfParameter);
    }

    // Elsewhere in the type that trains, a clamp is about something else: textures, probabilities, what is drawn.
    private static bool HintsAtClipping(SyntaxNode body)
    {
        SyntaxNode type = body.FirstAncestorOrSelf<TypeDeclarationSyntax>() ?? body;
        return IdentifiersOutsideClips(type).Any(token => TrainingVocabulary.HintsAtClipping(token.ValueText)
            && (body.Span.Contains(token.Span) || !TrainingVocabulary.Contains(token.ValueText, "clamp")));
    }
}

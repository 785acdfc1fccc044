using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops;

/// <summary>
/// What one file's words say, read from its syntax alone and kept as long as the file does not change: the cheap question that spares
/// most methods of a program the expensive one.
/// </summary>
internal sealed class TreeWords
{
    private static readonly ConditionalWeakTable<SyntaxTree, TreeWords> Known = new();
    private static readonly string[] Stems = ["backw", "backp", "clip", "grad", "optim", "step"];

    private TreeWords(bool hasTrainingWord, bool hasBackwardWord, ImmutableArray<MethodWords> methods, ImmutableArray<string> gradients)
    {
        Gradients = gradients;
        HasTrainingWord = hasTrainingWord;
        HasBackwardWord = hasBackwardWord;
        Methods = methods;
    }

    public bool HasTrainingWord { get; }

    public bool HasBackwardWord { get; }

    /// <summary>The methods and local functions of the file; empty where no training word is in it.</summary>
    public ImmutableArray<MethodWords> Methods { get; }

    /// <summary>The members that attributes in the file declare as gradients: what a method does with those can be training under any name.</summary>
    public ImmutableArray<string> Gradients { get; }

    public static TreeWords Of(SyntaxTree tree, CancellationToken cancellation)
    {
        if (Known.TryGetValue(tree, out TreeWords? words))
            return words;
        words = Read(tree, cancellation);
        return Known.GetValue(tree, _ => words);
    }

    private static TreeWords Read(SyntaxTree tree, CancellationToken cancellation)
    {
        string text = tree.GetText(cancellation).ToString();
        if (!Stems.Any(stem => TrainingVocabulary.Contains(text, stem)))
            return new TreeWords(false, false, ImmutableArray<MethodWords>.Empty, ImmutableArray<string>.Empty);
        bool training = false;
        bool backward = false;
        var methods = ImmutableArray.CreateBuilder<MethodWords>();
        SyntaxNode root = tree.GetRoot(cancellation);
        foreach (SyntaxToken token in root.DescendantTokens())
        {
            if (!token.IsKind(SyntaxKind.IdentifierToken))
                continue;
            training |= TrainingVocabulary.IsTrainingWord(token.ValueText);
            backward |= TrainingVocabulary.IsBackwardWord(token.ValueText);
        }

        var gradients = ImmutableArray.CreateBuilder<string>();
        if (training)
        {
            foreach (SyntaxNode node in root.DescendantNodes())
            {
                string? name = node switch
                {
                    MethodDeclarationSyntax method => method.Identifier.ValueText,
                    LocalFunctionStatementSyntax function => function.Identifier.ValueText,
                    _ => null,
                };
                if (name is not null)
                    methods.Add(MethodWords.Read(name, node));
                else if (node is AttributeSyntax attribute)
                    gradients.AddRange(DeclaredGradients(attribute));
            }
        }

        return new TreeWords(training, backward, methods.ToImmutable(), gradients.ToImmutable());
    }

    private static IEnumerable<string> DeclaredGradients(AttributeSyntax attribute)
    {
        string name = attribute.Name.ToString();
        if (name.EndsWith("Parameter", StringComparison.Ordinal) || name.EndsWith("ParameterAttribute", StringComparison.Ordinal))
        {
            foreach (AttributeArgumentSyntax argument in attribute.ArgumentList?.Arguments ?? default)
            {
                if (argument.NameEquals?.Name.Identifier.ValueText == "Gradient")
                {
                    // nameof(_dW) or "_dW".
                    yield return argument.Expression.DescendantTokens().LastOrDefault(token => token.IsKind(SyntaxKind.IdentifierToken) || token.IsKind(SyntaxKind.StringLiteralToken)).ValueText ?? "";
                }
            }
        }
        else if (name.EndsWith("Gradient", StringComparison.Ordinal) || name.EndsWith("GradientAttribute", StringComparison.Ordinal))
        {
            switch (attribute.Parent?.Parent)
            {
                case FieldDeclarationSyntax field:
                    foreach (VariableDeclaratorSyntax variable in field.Declaration.Variables)
                        yield return variable.Identifier.ValueText;
                    break;
                case PropertyDeclarationSyntax property:
                    yield return property.Identifier.ValueText;
                    break;
            }
        }
    }
}

/// <summary>One method's name, whether it uses a training word, and the names that it mentions.</summary>
internal sealed class MethodWords(string name, bool hasTrainingWord, bool hasStepWord, ImmutableHashSet<string> mentioned)
{
    public bool HasStepWord { get; } = hasStepWord;

    public string Name { get; } = name;

    public bool HasTrainingWord { get; } = hasTrainingWord;

    public ImmutableHashSet<string> Mentioned { get; } = mentioned;

    public static MethodWords Read(string name, SyntaxNode node)
    {
        bool training = false;
        bool step = false;
        var mentioned = ImmutableHashSet.CreateBuilder<string>();
        foreach (SyntaxToken token in node.DescendantTokens())
        {
            if (!token.IsKind(SyntaxKind.IdentifierToken))
                continue;
            mentioned.Add(token.ValueText);
            step |= TrainingVocabulary.IsStepWord(token.ValueText);
            training |= TrainingVocabulary.IsTrainingWord(token.ValueText);
        }

        return new MethodWords(name, training, step, mentioned.ToImmutable());
    }
}

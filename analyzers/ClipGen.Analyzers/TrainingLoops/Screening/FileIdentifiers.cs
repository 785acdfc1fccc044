using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Screening;

/// <summary>
/// What one file's words say, read from its text and kept as long as the file does not change: the cheap question that spares most methods of a
/// program the expensive one. Words of comments and strings are among them, which costs a look at a method now and then, while the
/// parser's tokens would cost each file several times as much.
/// </summary>
internal sealed class FileIdentifiers
{
    private static readonly ConditionalWeakTable<SyntaxTree, FileIdentifiers> Known = new();
    private static readonly string[] Stems = ["backw", "backp", "clip", "grad", "optim", "step"];

    private readonly SyntaxTree _tree;
    private HashSet<string>? _words;
    private ImmutableArray<MethodIdentifiers> _methods;

    private FileIdentifiers(SyntaxTree tree, CancellationToken cancellation)
    {
        _tree = tree;
        string text = tree.GetText(cancellation).ToString();
        if (!Stems.Any(stem => TrainingVocabulary.Contains(text, stem)))
            return;
        foreach (string word in Words(cancellation).Where(TrainingVocabulary.IsTrainingWord))
        {
            HasTrainingWord = true;
            HasBackwardWord |= TrainingVocabulary.IsBackwardWord(word);
        }

        if (HasTrainingWord)
            Gradients = tree.GetRoot(cancellation).DescendantNodes().OfType<AttributeSyntax>().SelectMany(DeclaredGradients).ToImmutableArray();
    }

    public bool HasTrainingWord { get; }

    public bool HasBackwardWord { get; }

    /// <summary>The members that attributes in the file declare as gradients: what a method does with those can be training under any name.</summary>
    public ImmutableArray<string> Gradients { get; } = ImmutableArray<string>.Empty;

    public static FileIdentifiers Of(SyntaxTree tree, CancellationToken cancellation) =>
        Known.TryGetValue(tree, out FileIdentifiers? words) ? words : Known.GetValue(tree, key => new FileIdentifiers(key, cancellation));

    /// <summary>The words of the file, each once.</summary>
    public HashSet<string> Words(CancellationToken cancellation) => _words ??= [.. Split(_tree.GetText(cancellation).ToString())];

    /// <summary>The methods and local functions of the file.</summary>
    public ImmutableArray<MethodIdentifiers> Methods(CancellationToken cancellation)
    {
        if (!_methods.IsDefault)
            return _methods;
        var methods = ImmutableArray.CreateBuilder<MethodIdentifiers>();
        foreach (SyntaxNode node in _tree.GetRoot(cancellation).DescendantNodes())
        {
            string? name = node switch
            {
                MethodDeclarationSyntax method => method.Identifier.ValueText,
                LocalFunctionStatementSyntax function => function.Identifier.ValueText,
                _ => null,
            };
            if (name is not null)
                methods.Add(new MethodIdentifiers(name, WordsIn(node, cancellation)));
        }

        return _methods = methods.ToImmutable();
    }

    /// <summary>The words of a node, each at least once.</summary>
    public static IEnumerable<string> WordsIn(SyntaxNode node, CancellationToken cancellation) => Split(node.SyntaxTree.GetText(cancellation).ToString(node.Span));

    private static IEnumerable<string> Split(string text)
    {
        // Most words have been there a few lines before: they need no string of their own.
        var recent = new string?[256];
        int start = 0;
        while (start < text.Length)
        {
            if (!SyntaxFacts.IsIdentifierPartCharacter(text[start]))
            {
                start++;
                continue;
            }

            int end = start + 1;
            while (end < text.Length && SyntaxFacts.IsIdentifierPartCharacter(text[end]))
                end++;
            int length = end - start;
            ref string? known = ref recent[((text[start] * 31) + (text[end - 1] * 7) + length) % recent.Length];
            bool isNew = known is null || known.Length != length || string.CompareOrdinal(text, start, known, 0, length) != 0;
            if (isNew)
                known = text.Substring(start, length);
            string word = known!;
            start = end;
            if (isNew)
                yield return word;
        }
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

/// <summary>One method's name and its words.</summary>
internal sealed class MethodIdentifiers(string name, IEnumerable<string> words)
{
    private readonly HashSet<string> _words = [.. words];

    public string Name { get; } = name;

    public bool MentionsAny(Func<string, bool> isAsked) => _words.Any(isAsked);
}

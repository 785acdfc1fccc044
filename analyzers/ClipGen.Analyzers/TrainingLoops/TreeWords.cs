using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops;

/// <summary>
/// What one file's words say, read from its text and kept as long as the file does not change: the cheap question that spares most methods of a
/// program the expensive one. Words of comments and strings are among them, which costs a look at a method now and then, while the
/// parser's tokens would cost each file several times as much.
/// </summary>
internal sealed class TreeWords
{
    private static readonly ConditionalWeakTable<SyntaxTree, TreeWords> Known = new();
    private static readonly string[] Stems = ["backw", "backp", "clip", "grad", "optim", "step"];

    private readonly SyntaxTree _tree;
    private Dictionary<string, WordKinds>? _words;
    private ImmutableArray<MethodWords> _methods;

    private TreeWords(SyntaxTree tree, CancellationToken cancellation)
    {
        _tree = tree;
        string text = tree.GetText(cancellation).ToString();
        if (!Stems.Any(stem => TrainingVocabulary.Contains(text, stem)))
            return;
        foreach (WordKinds kinds in Words(cancellation).Values)
            Kinds |= kinds;
        if (Kinds.HasFlag(WordKinds.Training))
            Gradients = tree.GetRoot(cancellation).DescendantNodes().OfType<AttributeSyntax>().SelectMany(DeclaredGradients).ToImmutableArray();
    }

    /// <summary>What the words of the file are, all together.</summary>
    public WordKinds Kinds { get; }

    /// <summary>The members that attributes in the file declare as gradients: what a method does with those can be training under any name.</summary>
    public ImmutableArray<string> Gradients { get; } = ImmutableArray<string>.Empty;

    public static TreeWords Of(SyntaxTree tree, CancellationToken cancellation) =>
        Known.TryGetValue(tree, out TreeWords? words) ? words : Known.GetValue(tree, key => new TreeWords(key, cancellation));

    /// <summary>The words of the file, each once.</summary>
    public Dictionary<string, WordKinds> Words(CancellationToken cancellation)
    {
        if (_words is { } known)
            return known;
        var words = new Dictionary<string, WordKinds>();
        foreach (string word in Split(_tree.GetText(cancellation).ToString()))
        {
            if (!words.ContainsKey(word))
                words.Add(word, TrainingVocabulary.KindsOf(word));
        }

        return _words = words;
    }

    /// <summary>The methods and local functions of the file.</summary>
    public ImmutableArray<MethodWords> Methods(CancellationToken cancellation)
    {
        if (!_methods.IsDefault)
            return _methods;
        var methods = ImmutableArray.CreateBuilder<MethodWords>();
        foreach (SyntaxNode node in _tree.GetRoot(cancellation).DescendantNodes())
        {
            string? name = node switch
            {
                MethodDeclarationSyntax method => method.Identifier.ValueText,
                LocalFunctionStatementSyntax function => function.Identifier.ValueText,
                _ => null,
            };
            if (name is not null)
                methods.Add(MethodWords.Read(name, Of(node, cancellation), Words(cancellation)));
        }

        return _methods = methods.ToImmutable();
    }

    /// <summary>The words of a node, as often as they stand there.</summary>
    public static IEnumerable<string> Of(SyntaxNode node, CancellationToken cancellation) => Split(node.SyntaxTree.GetText(cancellation).ToString(node.Span));

    private static IEnumerable<string> Split(string text)
    {
        int start = -1;
        for (int i = 0; i <= text.Length; i++)
        {
            bool inside = i < text.Length && SyntaxFacts.IsIdentifierPartCharacter(text[i]);
            if (inside && start < 0)
            {
                start = i;
            }
            else if (!inside && start >= 0)
            {
                yield return text.Substring(start, i - start);
                start = -1;
            }
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

/// <summary>One method's name and what its words are.</summary>
internal sealed class MethodWords
{
    private readonly HashSet<string> _mentioned = [];

    private MethodWords(string name) => Name = name;

    public string Name { get; }

    public WordKinds Kinds { get; private set; }

    public static MethodWords Read(string name, IEnumerable<string> words, Dictionary<string, WordKinds> known)
    {
        var method = new MethodWords(name);
        foreach (string word in words)
        {
            if (method._mentioned.Add(word) && known.TryGetValue(word, out WordKinds kinds))
                method.Kinds |= kinds;
        }

        return method;
    }

    public bool Mentions(HashSet<string> names) => names.Overlaps(_mentioned);
}

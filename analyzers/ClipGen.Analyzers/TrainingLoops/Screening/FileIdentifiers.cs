using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.Analyzers.TrainingLoops.Screening;

/// <summary>
/// The identifiers of one file, cached as long as the file does not change. They decide cheaply which methods of a program are analyzed.
/// They are read from the text, because parsing tokens takes several times as long. So words in comments and strings count as identifiers,
/// and a method may be analyzed in vain.
/// </summary>
internal sealed class FileIdentifiers
{
    private static readonly ConditionalWeakTable<SyntaxTree, FileIdentifiers> Known = new();

    private readonly SyntaxTree _tree;
    private HashSet<string>? _all;
    private ImmutableArray<MethodIdentifiers> _methods;

    private FileIdentifiers(SyntaxTree tree, CancellationToken cancellation)
    {
        _tree = tree;
        string text = tree.GetText(cancellation).ToString();
        if (!TrainingVocabulary.MayContainTrainingWord(text))
            return;
        foreach (string identifier in All(cancellation).Where(TrainingVocabulary.IsTrainingWord))
        {
            HasTrainingWord = true;
            HasBackwardWord |= TrainingVocabulary.IsBackwardWord(identifier);
            HasClipCall |= TrainingVocabulary.IsClipCall(identifier);
        }

        if (HasTrainingWord)
            Gradients = AttributedGradients.In(tree.GetRoot(cancellation)).ToImmutableArray();
    }

    public bool HasTrainingWord { get; }

    public bool HasBackwardWord { get; }

    public bool HasClipCall { get; }

    /// <summary>
    /// The members that attributes in the file declare as gradients. A method that uses one can be part of a training step, whatever its
    /// name.
    /// </summary>
    public ImmutableArray<string> Gradients { get; } = ImmutableArray<string>.Empty;

    public static FileIdentifiers Of(SyntaxTree tree, CancellationToken cancellation) =>
        Known.TryGetValue(tree, out FileIdentifiers? identifiers)
            ? identifiers
            : Known.GetValue(tree, key => new FileIdentifiers(key, cancellation));

    /// <summary>The identifiers of the file.</summary>
    public HashSet<string> All(CancellationToken cancellation) => _all ??= All(_tree.GetText(cancellation));

    /// <summary>The methods, local functions and properties of the file.</summary>
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
                PropertyDeclarationSyntax property => property.Identifier.ValueText,
                _ => null,
            };
            if (name is not null)
                methods.Add(new MethodIdentifiers(name, In(node, cancellation)));
        }

        return _methods = methods.ToImmutable();
    }

    /// <summary>Whether the file assigns to a variable or member of the name, or to an element of it.</summary>
    public bool Assigns(string name, CancellationToken cancellation)
    {
        string text = _tree.GetText(cancellation).ToString();
        for (int at = text.IndexOf(name, StringComparison.Ordinal); at >= 0; at = text.IndexOf(name, at + 1, StringComparison.Ordinal))
        {
            int end = at + name.Length;
            if ((at > 0 && SyntaxFacts.IsIdentifierPartCharacter(text[at - 1])) || end == text.Length
                || SyntaxFacts.IsIdentifierPartCharacter(text[end]))
            {
                continue;
            }

            while (end < text.Length && text[end] == '[' && text.IndexOf(']', end) is var close and > 0)
                end = close + 1;
            while (end < text.Length && text[end] == ' ')
                end++;
            if (end + 1 < text.Length && text[end] is '+' or '-' or '*' or '/')
                end++;
            if (end + 1 < text.Length && text[end] == '=' && text[end + 1] is not ('=' or '>'))
                return true;
        }

        return false;
    }

    /// <summary>The identifiers in a node, possibly with duplicates.</summary>
    public static IEnumerable<string> In(SyntaxNode node, CancellationToken cancellation) =>
        Split(node.SyntaxTree.GetText(cancellation), node.Span);

    private static HashSet<string> All(SourceText source) => [.. Split(source, new TextSpan(0, source.Length))];

    private static IEnumerable<string> Split(SourceText source, TextSpan span)
    {
        string text = source.ToString(span);
        // Most identifiers were used a few lines before. Those need no new string.
        var recent = new string?[Math.Min(256, (text.Length / 8) + 8)];
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
            string identifier = known!;
            start = end;
            if (isNew)
                yield return identifier;
        }
    }
}

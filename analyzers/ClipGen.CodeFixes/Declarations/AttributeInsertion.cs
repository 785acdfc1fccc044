using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.CodeFixes.Declarations;

/// <summary>A member that can carry an attribute.</summary>
/// <param name="Declaration">A variable of a field, a property, or a record's parameter.</param>
/// <param name="Identifier">Its name.</param>
internal readonly record struct DeclaredMember(SyntaxNode Declaration, SyntaxToken Identifier);

/// <summary>
/// Collects the edits that put an attribute on members of one document. The edits are edits of text, so comments and layout between them
/// are kept.
/// </summary>
/// <param name="root">The document's root.</param>
/// <param name="text">The document's text.</param>
/// <param name="model">The document's semantic model.</param>
/// <param name="attribute">The name of the attribute's type in the runtime library.</param>
internal sealed class AttributeInsertion(SyntaxNode root, SourceText text, SemanticModel model, string attribute)
{
    private readonly Dictionary<FieldDeclarationSyntax, HashSet<SyntaxNode>> _fields = [];
    private readonly HashSet<TextChange> _changes = [];
    private string _assembly = "";
    private int _assemblyPosition;
    private readonly string _newLine = text.Lines is [var first, _, ..]
        ? text.ToString(TextSpan.FromBounds(first.End, first.EndIncludingLineBreak)) : "\n";

    /// <summary>The member whose name is at <paramref name="span"/>, or null.</summary>
    public static DeclaredMember? MemberAt(SyntaxNode root, TextSpan span) => root.FindToken(span.Start).Parent switch
    {
        VariableDeclaratorSyntax { Parent.Parent: FieldDeclarationSyntax } variable => new DeclaredMember(variable, variable.Identifier),
        PropertyDeclarationSyntax property => new DeclaredMember(property, property.Identifier),
        ParameterSyntax { Parent.Parent: RecordDeclarationSyntax } parameter => new DeclaredMember(parameter, parameter.Identifier),
        _ => null,
    };

    public void Add(TextChange change) => _changes.Add(change);

    /// <summary>Puts the attribute on the member, or on all variables of its declaration.</summary>
    public void Mark(DeclaredMember member, bool wholeDeclaration)
    {
        if (member.Declaration.Parent?.Parent is FieldDeclarationSyntax field)
        {
            if (!_fields.TryGetValue(field, out HashSet<SyntaxNode>? marked))
            {
                _fields.Add(field, marked = []);
            }

            marked.UnionWith(wholeDeclaration ? field.Declaration.Variables : [member.Declaration]);
        }
        else
        {
            Insert(member.Declaration.GetFirstToken().SpanStart,
                Written(member.Declaration, target: member.Declaration is ParameterSyntax ? "property: " : ""));
        }
    }

    /// <summary>Adds an attribute of the assembly after the existing ones at the top of the file, or after the usings.</summary>
    /// <param name="declaration">The attribute without its brackets.</param>
    public void DeclareOnAssembly(string declaration)
    {
        var unit = (CompilationUnitSyntax)root;
        string written = $"[{declaration}]";
        if (unit.AttributeLists.Count > 0)
        {
            Insert(unit.AttributeLists.Last().Span.End, _newLine + written);
        }
        else if (unit.Usings.Count > 0 || unit.Externs.Count > 0)
        {
            int end = unit.Usings.Count > 0 ? unit.Usings.Last().Span.End : unit.Externs.Last().Span.End;
            _assembly += (_assembly.Length == 0 ? _newLine : "") + _newLine + written;
            _assemblyPosition = end;
        }
        else
        {
            Insert(EndOfHeader(unit), written + _newLine + _newLine);
        }
    }

    /// <summary>Adds another member after the member, on its own line.</summary>
    public void AddBehind(DeclaredMember member, string written)
    {
        SyntaxNode declaration = member.Declaration.FirstAncestorOrSelf<MemberDeclarationSyntax>()!;
        Insert(declaration.Span.End, _newLine + Indentation(declaration.SpanStart) + written);
    }

    /// <summary>Makes the type of the member, and the types around it, partial, so that the generator can add a traversal.</summary>
    public void MakePartial(SyntaxNode member)
    {
        foreach (TypeDeclarationSyntax type in member.Ancestors().OfType<TypeDeclarationSyntax>())
        {
            if (!type.Modifiers.Any(SyntaxKind.PartialKeyword))
            {
                Insert(type.Keyword.SpanStart, "partial ");
            }
        }
    }

    /// <summary>All edits, in text order.</summary>
    public IEnumerable<TextChange> Changes()
    {
        foreach (KeyValuePair<FieldDeclarationSyntax, HashSet<SyntaxNode>> field in _fields)
        {
            MarkVariables(field.Key, field.Value);
        }

        if (_assembly.Length > 0)
        {
            Insert(_assemblyPosition, _assembly);
        }

        return _changes.OrderBy(change => change.Span.Start);
    }

    /// <summary>An attribute applies to every variable of a declaration. If it must not, the declaration is split.</summary>
    private void MarkVariables(FieldDeclarationSyntax field, HashSet<SyntaxNode> marked)
    {
        SeparatedSyntaxList<VariableDeclaratorSyntax> variables = field.Declaration.Variables;
        int start = field.GetFirstToken().SpanStart;
        string beginning = text.ToString(TextSpan.FromBounds(start, field.Declaration.Type.Span.End)) + " ";
        if (marked.Contains(variables[0]))
        {
            Insert(start, Written(field, target: ""));
        }

        for (int i = 1; i < variables.Count; i++)
        {
            if (marked.Contains(variables[i]) != marked.Contains(variables[i - 1]))
            {
                string mark = marked.Contains(variables[i]) ? Written(field, target: "") : "";
                BreakBefore(variables[i], variables.GetSeparator(i - 1), Indentation(start), mark + beginning);
            }
        }
    }

    /// <summary>Ends the declaration at the comma, and begins another with the next variable on its own line.</summary>
    private void BreakBefore(VariableDeclaratorSyntax variable, SyntaxToken comma, string indentation, string beginning)
    {
        string between = text.ToString(TextSpan.FromBounds(comma.Span.End, variable.SpanStart));
        int lineBreak = between.LastIndexOf('\n');
        if (lineBreak >= 0 || string.IsNullOrWhiteSpace(between))
        {
            // Comments after the comma stay on its line. Only the space before the variable is removed.
            int space = variable.SpanStart - between.Length + lineBreak + 1;
            string behind = text.ToString(TextSpan.FromBounds(space, variable.SpanStart)).TrimStart();
            _changes.Add(new TextChange(comma.Span, ";"));
            _changes.Add(new TextChange(
                TextSpan.FromBounds(space, variable.SpanStart - behind.Length), (lineBreak >= 0 ? "" : _newLine) + indentation));
        }
        else
        {
            _changes.Add(new TextChange(comma.Span, ";" + _newLine + indentation));
        }

        Insert(variable.SpanStart, beginning);
    }

    /// <summary>The attribute as written before a member, on its own line if the member's other attributes are.</summary>
    private string Written(SyntaxNode member, string target)
    {
        string space = " ";
        if (member is MemberDeclarationSyntax { AttributeLists: [var list, ..] })
        {
            SyntaxToken next = list.GetLastToken().GetNextToken();
            if (text.Lines.GetLineFromPosition(list.Span.End).LineNumber != text.Lines.GetLineFromPosition(next.SpanStart).LineNumber)
            {
                space = _newLine + Indentation(list.SpanStart);
            }
        }

        return $"[{target}{Name(member.SpanStart)}]{space}";
    }

    /// <summary>The attribute's name at its place. Adds a using if that is enough.</summary>
    private string Name(int position)
    {
        string shortName = attribute.Substring(0, attribute.Length - nameof(Attribute).Length);
        ISymbol[] inScope =
        [
            .. model.LookupNamespacesAndTypes(position, name: attribute),
            .. model.LookupNamespacesAndTypes(position, name: shortName).Where(IsAttribute),
        ];
        if (inScope.Length == 0)
        {
            AddUsing();
            return shortName;
        }

        return inScope.Length == 1 && WellKnownNames.IsClipGenType(inScope[0] as ITypeSymbol, attribute)
            ? shortName
            : $"global::{WellKnownNames.Namespace}.{attribute}";
    }

    private static bool IsAttribute(ISymbol symbol)
    {
        for (INamedTypeSymbol? type = symbol as INamedTypeSymbol; type is not null; type = type.BaseType)
        {
            if (type is
                {
                    Name: nameof(Attribute),
                    ContainingNamespace: { Name: nameof(System), ContainingNamespace.IsGlobalNamespace: true }
                })
            {
                return true;
            }
        }

        return false;
    }

    private void AddUsing()
    {
        const string Line = "using " + WellKnownNames.Namespace + ";";
        var unit = (CompilationUnitSyntax)root;
        UsingDirectiveSyntax[] plain =
        [
            .. unit.Usings.Where(directive =>
                directive.Alias is null && directive.StaticKeyword.IsKind(SyntaxKind.None)
                    && directive.GlobalKeyword.IsKind(SyntaxKind.None)),
        ];
        if (plain.LastOrDefault(IsBefore) is { } before)
        {
            Insert(before.Span.End, _newLine + Line);
        }
        else if (plain.Length > 0)
        {
            Insert(plain[0].SpanStart, Line + _newLine);
        }
        else if (unit.Usings.Count > 0)
        {
            Insert(unit.Usings.Last().Span.End, _newLine + Line);
        }
        else if (unit.Externs.Count > 0)
        {
            Insert(unit.Externs.Last().Span.End, _newLine + _newLine + Line);
        }
        else
        {
            Insert(EndOfHeader(unit), Line + _newLine + _newLine);
        }
    }

    /// <summary>System first, then by name.</summary>
    private static bool IsBefore(UsingDirectiveSyntax directive)
    {
        string name = directive.Name?.ToString() ?? "";
        return name == nameof(System)
            || name.StartsWith(nameof(System) + ".", StringComparison.Ordinal)
            || StringComparer.OrdinalIgnoreCase.Compare(name, WellKnownNames.Namespace) < 0;
    }

    /// <summary>After the comment at the top of the file, if a blank line separates it from the documentation that follows.</summary>
    private static int EndOfHeader(CompilationUnitSyntax unit)
    {
        string leading = unit.GetLeadingTrivia().ToFullString();
        int blankLine = leading.Replace("\r\n", "\n ").LastIndexOf("\n\n", StringComparison.Ordinal);
        int windowsBlankLine = leading.LastIndexOf("\r\n\r\n", StringComparison.Ordinal);
        return windowsBlankLine >= 0 ? windowsBlankLine + 4 : blankLine >= 0 ? blankLine + 2 : 0;
    }

    private string Indentation(int position)
    {
        string line = text.ToString(text.Lines.GetLineFromPosition(position).Span);
        return line.Substring(0, line.Length - line.TrimStart().Length);
    }

    private void Insert(int position, string inserted) => _changes.Add(new TextChange(new TextSpan(position, 0), inserted));
}

using ClipGen.Analyzers.TrainingLoops.Suggestions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.CodeFixes.TrainingLoops;

/// <summary>Writes names that keep their meaning at the place where they are inserted.</summary>
internal static class ClipNames
{
    private static readonly (string Start, string Type)[] Classes =
    [
        ("TorchGradients.", "ClipGen.TorchGradients"),
        ("Gradients.", "ClipGen.Gradients"),
        ("torch.nn.utils.", "TorchSharp.torch.nn.utils"),
    ];

    /// <summary>The call with the shortest name of its class at the position.</summary>
    public static string Qualify(string call, SemanticModel model, int position)
    {
        foreach ((string start, string type) in Classes)
        {
            if (call.StartsWith(start, StringComparison.Ordinal))
                return NamesOf(start, type).First(name => IsNameOf(name, type, model, position)) + "." + call.Substring(start.Length);
        }

        return call;
    }

    /// <summary>A name for the variable that stores the stepped object.</summary>
    public static string VariableFor(StepReceiver receiver, SemanticModel model, ISet<string> taken)
    {
        ITypeSymbol? type = model.GetSymbolInfo(receiver.Step).Symbol?.ContainingType;
        bool isOptimizer = type is not null
            && (type.Name.EndsWith("Optimizer", StringComparison.Ordinal) || type.BaseType?.Name == "Optimizer");
        string name = isOptimizer || string.IsNullOrEmpty(type?.Name)
            ? "optimizer"
            : char.ToLowerInvariant(type!.Name[0]) + type.Name.Substring(1);
        return Unused(SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "optimizer", receiver.Step, model, taken);
    }

    /// <summary>The name, with a number if the member around the node already uses it.</summary>
    public static string Unused(string name, SyntaxNode node, SemanticModel model, ISet<string> taken)
    {
        SyntaxNode member = node.AncestorsAndSelf()
                .FirstOrDefault(ancestor => ancestor is MemberDeclarationSyntax and not GlobalStatementSyntax)
            ?? node.SyntaxTree.GetRoot();
        var used = new HashSet<string>(member.DescendantTokens()
            .Where(token => token.IsKind(SyntaxKind.IdentifierToken))
            .Select(token => token.ValueText));
        used.UnionWith(model.LookupSymbols(node.SpanStart)
            .Where(symbol => symbol is not INamespaceOrTypeSymbol)
            .Select(symbol => symbol.Name));
        string unused = name;
        for (int number = 2; used.Contains(unused) || taken.Contains(unused); number++)
            unused = name + number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        taken.Add(unused);
        return unused;
    }

    private static IEnumerable<string> NamesOf(string start, string type)
    {
        yield return start.TrimEnd('.');
        // nn.utils, if a using imports the members of torch.
        if (start.StartsWith("torch.", StringComparison.Ordinal))
            yield return start.Substring("torch.".Length).TrimEnd('.');
        yield return type;
        yield return "global::" + type;
    }

    private static bool IsNameOf(string name, string type, SemanticModel model, int position) =>
        name.StartsWith("global::", StringComparison.Ordinal)
        || (model.GetSpeculativeSymbolInfo(position, SyntaxFactory.ParseExpression(name), SpeculativeBindingOption.BindAsExpression).Symbol
                is INamedTypeSymbol found
            && found.ToDisplayString() == type);
}

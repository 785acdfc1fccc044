using System.Collections.Concurrent;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Screening;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Heuristics;

/// <summary>
/// Finds mentions of clipping that a training step can run: in the members of a type that the code of the step names, directly or through
/// other members, and in functions that are stored when an object is created. Other members of the type belong to other steps.
/// </summary>
internal sealed class ClippingHints(WorkCount work)
{
    private readonly ConcurrentDictionary<SyntaxNode, MembersOfType> _types = new();
    private readonly ConcurrentDictionary<SyntaxNode, ClippingHint[]> _sources = new();

    /// <summary>The mentions of clipping in declarations of types, as far as code with the given names reaches them.</summary>
    /// <returns><see langword="null"/> if it reaches too many members.</returns>
    public IReadOnlyList<ClippingHint>? In(IEnumerable<SyntaxNode> types, IEnumerable<string> names)
    {
        // Most types do not mention clipping. Then it does not matter what is reached.
        if (!types.Any(type => Read(type).HasHints))
            return [];
        MembersOfType[] read = [.. types.Distinct().Select(Read)];
        var hints = new List<ClippingHint>();
        var known = new HashSet<string>(names);
        var pending = new Stack<string>(known);
        var reached = new Stack<Member>(read.SelectMany(type => type.AlwaysReached));
        for (int count = 0; reached.Count + pending.Count > 0;)
        {
            while (reached.Count > 0)
            {
                work.Add(1);
                if (++count > AnalysisLimits.MembersWithHints)
                    return null;
                Member member = reached.Pop();
                work.Add(member.Identifiers.Count);
                hints.AddRange(member.Hints);
                foreach (string identifier in member.Identifiers.Where(known.Add))
                    pending.Push(identifier);
            }

            if (pending.Count == 0)
                continue;
            string name = pending.Pop();
            foreach (Member member in read.SelectMany(type => type.Named(name)))
                reached.Push(member);
        }

        return hints;
    }

    /// <summary>The mentions of clipping in one piece of source. Cached, because all steps of a body request them.</summary>
    public IReadOnlyList<ClippingHint> In(SyntaxNode source) => _sources.GetOrAdd(source, Find);

    private ClippingHint[] Find(SyntaxNode source)
    {
        var hints = new List<ClippingHint>();
        foreach (SyntaxNodeOrToken part in GradientMentions.IdentifiersAndClipCallsIn(source))
        {
            work.Add(1);
            if (part.AsNode() is { } call)
                hints.Add(new ClippingHint(part.Span, IsClamp: false, call));
            else if (GradientMentions.HintsAtClipping(part.AsToken(), source))
                hints.Add(new ClippingHint(part.Span, TrainingVocabulary.Contains(part.AsToken().ValueText, "clamp"), null));
        }

        return [.. hints];
    }

    private MembersOfType Read(SyntaxNode type) => _types.GetOrAdd(type, each => new MembersOfType(MembersOf(each)));

    private IReadOnlyList<Member> MembersOf(SyntaxNode type)
    {
        var members = new List<Member>();
        foreach (MemberDeclarationSyntax declaration in (type as TypeDeclarationSyntax)?.Members ?? default)
        {
            switch (declaration)
            {
                case MethodDeclarationSyntax method:
                    if (!GradientMentions.IsClip(method))
                        members.Add(Read(method.Identifier.ValueText, method));
                    break;
                case PropertyDeclarationSyntax property:
                    members.Add(Read(property.Identifier.ValueText, property));
                    members.AddRange(StoredFunctions(property));
                    break;
                case BaseTypeDeclarationSyntax:
                    break;
                default:
                    members.AddRange(StoredFunctions(declaration));
                    break;
            }
        }

        return members;
    }

    /// <summary>
    /// Lambdas in initializers and constructors, and the methods that are subscribed to events there. They can run at any time.
    /// </summary>
    private IEnumerable<Member> StoredFunctions(MemberDeclarationSyntax declaration) =>
        declaration.DescendantNodes(node => node is not AnonymousFunctionExpressionSyntax)
            .Select(node => node switch
            {
                AnonymousFunctionExpressionSyntax => node,
                AssignmentExpressionSyntax assignment when assignment.IsKind(SyntaxKind.AddAssignmentExpression) => assignment.Right,
                _ => null,
            })
            .OfType<SyntaxNode>()
            .Select(function => Read(null, function));

    private Member Read(string? name, SyntaxNode source) => new(name, source, In(source));

    /// <summary>A member, or a function that is stored in one.</summary>
    /// <param name="Name">The name by which code reaches it; <see langword="null"/> if it is always reached.</param>
    /// <param name="Source">Its source.</param>
    /// <param name="Hints">The mentions of clipping in it.</param>
    private sealed record Member(string? Name, SyntaxNode Source, IReadOnlyList<ClippingHint> Hints)
    {
        private HashSet<string>? _identifiers;

        /// <summary>The identifiers in it. Read if it is reached, because most types do not mention clipping.</summary>
        public HashSet<string> Identifiers => _identifiers ??= [.. FileIdentifiers.In(Source, CancellationToken.None)];
    }

    /// <summary>The members of one type.</summary>
    private sealed class MembersOfType(IReadOnlyList<Member> members)
    {
        private readonly ILookup<string, Member> _named = members.Where(member => member.Name is not null).ToLookup(member => member.Name!);

        public IReadOnlyList<Member> AlwaysReached { get; } = [.. members.Where(member => member.Name is null)];

        public bool HasHints { get; } = members.Any(member => member.Hints.Count > 0);

        public IEnumerable<Member> Named(string name) => _named[name];
    }
}

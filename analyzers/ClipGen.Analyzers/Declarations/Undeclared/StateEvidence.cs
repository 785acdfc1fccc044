using ClipGen.Analyzers.Declarations.Code;
using ClipGen.Generator.Checks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.Declarations.Undeclared;

/// <summary>
/// Distinguishes what a network computes for every sample (hidden states, cached inputs, masks, running means) from its parts.
/// </summary>
internal sealed class StateEvidence(ModelReach reach, CancellationToken cancellation)
{
    /// <summary>
    /// The name of the method that fills a member for every sample, or null. The member holds objects that declare gradients.
    /// </summary>
    public string? FilledBy(ISymbol member, ITypeSymbol type)
    {
        INamedTypeSymbol[] held = [.. ModelReach.HeldTypes(type)];
        var facts = new MemberFacts(
            member.Name, held, GivenParts.IsCollection(type), held.Any(IsLayer), ParameterName.IsParameter(member.Name));
        return WritesTo(member).FirstOrDefault(write => IsOfEveryCall(write, facts))?.Body.Name;
    }

    /// <summary>Whether a forward pass computes the buffer. Its gradient is then that of an activation.</summary>
    public bool IsComputedForward(ISymbol member) =>
        WritesTo(member).Any(write => write is { Body.Timing: CallTiming.Forward, IsDecrease: false }
            && write.Kind != WriteKind.AssignIfNull
            && !LazyGuard.IsAround(write.Node, write.Body, member.Name)
            && (write.Kind != WriteKind.Assign || Origin(write, isCollection: false) >= ValueOrigin.Created));

    /// <summary>Whether the type subtracts the gradient from the member, as a step does.</summary>
    public bool IsStepped(ISymbol member, string gradient)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { gradient };
        return WritesTo(member).Any(write => write is { IsDecrease: true, Value: { } value } && CodeReader.Mentions(value, names));
    }

    /// <summary>The writes of the type, of its derived types, and of the types that hold it.</summary>
    private IEnumerable<MemberWrite> WritesTo(ISymbol member)
    {
        INamedTypeSymbol type = member.ContainingType;
        IEnumerable<MemberWrite> writes = reach.CodeOf(type, cancellation)?.WritesTo(member.Name) ?? [];
        if (member.DeclaredAccessibility == Accessibility.Private)
        {
            return writes;
        }

        IEnumerable<MemberWrite> derived = reach.DerivedFrom(type)
            .Where(child => child.GetMembers(member.Name).IsEmpty)
            .SelectMany(child => reach.CodeOf(child, cancellation)?.WritesTo(member.Name) ?? []);
        IEnumerable<MemberWrite> holders = reach.HoldersOf(type)
            .SelectMany(holder => reach.CodeOf(holder, cancellation)?.WritesToOther(member.Name) ?? []);
        return writes.Concat(derived).Concat(holders);
    }

    private static bool IsOfEveryCall(MemberWrite write, MemberFacts member)
    {
        CallTiming timing = write.Body.Timing;
        if (timing == CallTiming.Building || write.Body.Name.Length == 0 || (write.Kind == WriteKind.Insert && !member.IsCollection))
        {
            return false;
        }

        bool isOfMember = write.Path[write.Path.Count - 1] == member.Name && (write.Kind != WriteKind.Element || member.IsCollection);
        if (write.Kind == WriteKind.Content || !isOfMember)
        {
            return timing >= CallTiming.EveryCall && WritesValues(write, member)
                && !LazyGuard.IsAround(write.Node, write.Body, member.Name);
        }

        bool isForward = timing == CallTiming.Forward;
        switch (Origin(write, member.IsCollection && write.Kind is WriteKind.Assign or WriteKind.AssignIfNull))
        {
            case ValueOrigin.Argument:
                return (isForward || !member.IsLayer) && !member.IsParameter;
            case ValueOrigin.Computed when write.Kind != WriteKind.AssignIfNull:
                return (isForward
                    || (!member.IsLayer && !member.IsParameter && (timing == CallTiming.EveryCall || !IsUpdate(write, member.Name))))
                    && !LazyGuard.IsAround(write.Node, write.Body, member.Name);
            case ValueOrigin.Created when write.Kind != WriteKind.AssignIfNull:
                return (isForward || (!member.IsLayer && !member.IsParameter && (timing != CallTiming.Training || IsRepeated(write))))
                    && !LazyGuard.IsAround(write.Node, write.Body, member.Name);
            default:
                return false;
        }
    }

    private static ValueOrigin Origin(MemberWrite write, bool isCollection) =>
        write.Value is { } value ? ValueOrigins.Of(value, write.Body, isCollection)
        : write.Kind == WriteKind.Insert ? ValueOrigin.Nothing
        : ValueOrigin.Computed;

    /// <summary>Whether the write stores values: no gradient, no step, and no member of a layer that holds further objects.</summary>
    private static bool WritesValues(MemberWrite write, MemberFacts member)
    {
        string[] behind = [.. write.Path.SkipWhile(name => name != member.Name).Skip(1)];
        return behind.All(name => GradientName.Parse(name) is not { IsSpelledOut: true } && member.Held.Any(type => HasValues(type, name)))
            && !write.IsDecrease
            && !MentionsGradient(write.Value);
    }

    private static bool HasValues(INamedTypeSymbol type, string member) =>
        GradientSourceAttributeText.Members(type).Any(candidate => candidate.Name == member
            && candidate switch { IFieldSymbol field => field.Type, IPropertySymbol property => property.Type, _ => null } is { } values
            && (values.IsValueType || values is IArrayTypeSymbol { ElementType.IsValueType: true }));

    /// <summary>Whether the value is an update of the old one: <c>_w = _w + update</c>.</summary>
    private static bool IsUpdate(MemberWrite write, string member) =>
        write.IsDecrease
        || MentionsGradient(write.Value)
        || (write.Value is { } value && CodeReader.Mentions(value, new HashSet<string>(StringComparer.Ordinal) { member }));

    private static bool MentionsGradient(ExpressionSyntax? value) =>
        value is not null && value.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(
            identifier => GradientName.Parse(identifier.Identifier.ValueText) is { IsSpelledOut: true });

    /// <summary>Whether a loop around the node writes to the same place repeatedly.</summary>
    private static bool IsRepeated(MemberWrite write) =>
        write.Kind == WriteKind.Assign
        && write.Node.Ancestors().TakeWhile(node => node != write.Body.Node).Any(
            node => node is ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax);

    /// <summary>Whether the type is named like a layer or has a forward pass of its own. A layer is no activation.</summary>
    private static bool IsLayer(INamedTypeSymbol type)
    {
        if (NetworkEvidence.IsNamedLikeLayer(type))
        {
            return true;
        }

        for (INamedTypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            if (current.GetMembers().Any(IsForwardPass))
            {
                return true;
            }
        }

        return type.AllInterfaces.Any(implemented => implemented.GetMembers().Any(IsForwardPass));
    }

    private static bool IsForwardPass(ISymbol member) =>
        member is IMethodSymbol { MethodKind: MethodKind.Ordinary, IsStatic: false } method
        && method.Parameters is [{ Type.TypeKind: not TypeKind.Delegate }, ..]
        && TimingWords.IsForwardPass(member.Name);

    /// <summary>What is known about a member.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Held">The types of the objects that it holds.</param>
    /// <param name="IsCollection">Whether it holds several objects.</param>
    /// <param name="IsLayer">Whether these are layers.</param>
    /// <param name="IsParameter">Whether it is named like a parameter.</param>
    private sealed record MemberFacts(string Name, IReadOnlyList<INamedTypeSymbol> Held, bool IsCollection, bool IsLayer, bool IsParameter);
}

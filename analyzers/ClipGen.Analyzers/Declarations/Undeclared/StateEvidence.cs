using ClipGen.Analyzers.Declarations.Code;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.Declarations.Undeclared;

/// <summary>Tells what a network computes with every sample (hidden states, cached inputs, masks, running means) from what it is built of.</summary>
internal sealed class StateEvidence(ModelReach reach, CancellationToken cancellation)
{
    /// <summary>The name of the method that fills a member with every sample, or null. The member holds objects that declare gradients.</summary>
    public string? FilledBy(ISymbol member, ITypeSymbol type)
    {
        bool isCollection = IsCollection(type);
        bool isLayer = ModelReach.HeldTypes(type).Any(IsLayer);
        bool isParameter = ParameterName.IsParameter(member.Name);
        return WritesTo(member).FirstOrDefault(write => IsOfEveryCall(write, member.Name, isCollection, isLayer, isParameter))?.Body.Name;
    }

    /// <summary>Whether a forward pass computes the buffer, so that its gradient is that of an activation.</summary>
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

    /// <summary>The writes of the type itself, of those that derive from it, and of those that hold it.</summary>
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

    private static bool IsOfEveryCall(MemberWrite write, string member, bool isCollection, bool isLayer, bool isParameter)
    {
        CallTiming timing = write.Body.Timing;
        if (timing == CallTiming.Building || write.Body.Name.Length == 0)
        {
            return false;
        }

        if (write.Kind == WriteKind.Content || write.Path[write.Path.Count - 1] != member || (write.Kind == WriteKind.Element && !isCollection))
        {
            return timing >= CallTiming.EveryCall && WritesValues(write, member) && !LazyGuard.IsAround(write.Node, write.Body, member);
        }

        bool isForward = timing == CallTiming.Forward;
        switch (Origin(write, isCollection && write.Kind is WriteKind.Assign or WriteKind.AssignIfNull))
        {
            case ValueOrigin.Argument:
                return (isForward || !isLayer) && !isParameter;
            case ValueOrigin.Computed when write.Kind != WriteKind.AssignIfNull:
                return (isForward || (!isLayer && !isParameter && (timing == CallTiming.EveryCall || !IsUpdate(write, member))))
                    && !LazyGuard.IsAround(write.Node, write.Body, member);
            case ValueOrigin.Created when write.Kind != WriteKind.AssignIfNull:
                return (isForward || (!isLayer && !isParameter && (timing != CallTiming.Training || IsRepeated(write))))
                    && !LazyGuard.IsAround(write.Node, write.Body, member);
            default:
                return false;
        }
    }

    private static ValueOrigin Origin(MemberWrite write, bool isCollection) =>
        write.Value is { } value ? ValueOrigins.Of(value, write.Body, isCollection)
        : write.Kind == WriteKind.Insert ? ValueOrigin.Nothing
        : ValueOrigin.Computed;

    /// <summary>Whether values are written, and neither gradients nor a step on them.</summary>
    private static bool WritesValues(MemberWrite write, string member)
    {
        bool isGradient = write.Path.SkipWhile(name => name != member).Skip(1).Any(name => GradientName.Parse(name) is { IsSpelledOut: true });
        return !isGradient && !write.IsDecrease && !MentionsGradient(write.Value);
    }

    /// <summary>Whether the value is a step from the one before: <c>_w = _w + update</c>.</summary>
    private static bool IsUpdate(MemberWrite write, string member) =>
        write.IsDecrease
        || MentionsGradient(write.Value)
        || (write.Value is { } value && CodeReader.Mentions(value, new HashSet<string>(StringComparer.Ordinal) { member }));

    private static bool MentionsGradient(ExpressionSyntax? value) =>
        value is not null && value.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(
            identifier => GradientName.Parse(identifier.Identifier.ValueText) is { IsSpelledOut: true });

    /// <summary>Whether a loop around it writes to the same place again and again.</summary>
    private static bool IsRepeated(MemberWrite write) =>
        write.Kind == WriteKind.Assign
        && write.Node.Ancestors().TakeWhile(node => node != write.Body.Node).Any(
            node => node is ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax);

    private static bool IsCollection(ITypeSymbol type) =>
        type is IArrayTypeSymbol || type.AllInterfaces.Any(implemented => implemented.SpecialType == SpecialType.System_Collections_IEnumerable);

    /// <summary>Whether the type is named as a layer, or has a forward pass of its own: a layer is no activation.</summary>
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
        member is IMethodSymbol { MethodKind: MethodKind.Ordinary, IsStatic: false, Parameters: [{ Type.TypeKind: not TypeKind.Delegate }, ..] }
        && TimingWords.IsForwardPass(member.Name);
}

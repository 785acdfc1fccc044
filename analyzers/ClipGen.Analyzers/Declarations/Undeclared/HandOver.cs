using ClipGen.Analyzers.Declarations.Code;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.Declarations.Undeclared;

/// <summary>
/// Follows what the visited members of a type and of its bases hold, through the code of both: a member that is put into <c>Parameters</c>,
/// handed to the base's constructor or to <c>Register</c> is visited there, and need not be declared.
/// </summary>
internal sealed class HandOver
{
    /// <summary>A type whose lists hold more is written by a program.</summary>
    private const int MaximalSteps = 20_000;

    private readonly List<INamedTypeSymbol> _hierarchy = [];
    private readonly List<TypeBodies?> _code = [];
    private readonly HashSet<ISymbol> _visited = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _given = new(SymbolEqualityComparer.Default);
    private readonly HashSet<(CodeBody Body, string Name)> _givenVariables = [];
    private readonly Dictionary<(CodeBody Body, string Name), List<ISymbol>> _aliases = [];
    private readonly ILookup<string, (OwnCall Call, CodeBody Caller, int Level)> _calls;
    private readonly Queue<ISymbol> _pendingMembers = new();
    private readonly Queue<(CodeBody Body, string Name, int Level)> _pendingVariables = new();
    private readonly GradientFormParser _forms;

    /// <summary>Follows the visited members of the type and of its bases.</summary>
    /// <param name="type">The type.</param>
    /// <param name="visited">Which members a traversal visits.</param>
    /// <param name="isGradientSource">Whether a base hands over gradients.</param>
    /// <param name="reach">The code of the compilation.</param>
    /// <param name="forms">The forms of gradients.</param>
    /// <param name="cancellation">Cancels the look.</param>
    public HandOver(
        INamedTypeSymbol type,
        Func<ISymbol, bool> visited,
        Func<INamedTypeSymbol, bool> isGradientSource,
        ModelReach reach,
        GradientFormParser forms,
        CancellationToken cancellation)
    {
        _forms = forms;
        for (INamedTypeSymbol? current = type; current is { SpecialType: SpecialType.None }; current = current.BaseType)
        {
            _hierarchy.Add(current.OriginalDefinition);
            _code.Add(reach.CodeOf(current, cancellation));
        }

        _calls = _code.SelectMany((code, level) => (code?.Bodies ?? []).SelectMany(body => body.Calls.Select(call => (call, body, level))))
            .ToLookup(found => found.call.Method, StringComparer.Ordinal);
        foreach (ISymbol member in _hierarchy.SelectMany(level => level.GetMembers()).Where(visited))
        {
            _visited.Add(member);
            _pendingMembers.Enqueue(member);
            if (Overriding(member) is { } overriding && _visited.Add(overriding))
            {
                _pendingMembers.Enqueue(overriding);
            }
        }

        if (_visited.Count > 0 || _hierarchy.Skip(1).Any(isGradientSource))
        {
            FindAliases();
            GiveToForeignBases(isGradientSource);
            Follow(cancellation);
        }
    }

    /// <summary>Whether a visited member holds the member's object, or the member is part of one.</summary>
    public bool Covers(ISymbol member) => _given.Contains(member) || IsView(member);

    private void Follow(CancellationToken cancellation)
    {
        for (int i = 0; i < MaximalSteps && _pendingMembers.Count + _pendingVariables.Count > 0; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_pendingMembers.Count > 0)
            {
                FollowMember(_pendingMembers.Dequeue());
            }
            else
            {
                (CodeBody body, string name, int level) = _pendingVariables.Dequeue();
                FollowVariable(body, name, level);
            }
        }
    }

    private void FollowMember(ISymbol member)
    {
        bool isBuffer = member is not IMethodSymbol { ReturnsVoid: true }
            && GivenParts.IsBuffer(_forms.ParseGradient(MemberSymbols.TypeOf(member)));
        bool isWhole = _visited.Contains(member) || member is IMethodSymbol || GivenParts.IsCollection(MemberSymbols.TypeOf(member));
        for (int level = 0; level < _hierarchy.Count; level++)
        {
            foreach (MemberWrite write in _code[level]?.WritesTo(member.Name) ?? [])
            {
                // The Add of a matrix is a sum.
                bool isSum = write.Kind == WriteKind.Insert && write.Body.Timing != CallTiming.Building
                    && !GivenParts.IsCollection(MemberSymbols.TypeOf(member));
                if (!isSum && write.Value is { } value && SymbolEqualityComparer.Default.Equals(Resolve(member.Name, level), member))
                {
                    Give(value, write.Body, level, isWhole, isBuffer);
                }
            }

            foreach (CodeBody body in _code[level]?.BodiesOf(member.Name) ?? [])
            {
                if (body.IsRead && SymbolEqualityComparer.Default.Equals(Resolve(member.Name, level), member))
                {
                    body.Returned.ForEach(value => Give(value, body, level, isWhole: true, isBuffer));
                }
            }
        }
    }

    private void FollowVariable(CodeBody body, string name, int level)
    {
        if (_aliases.TryGetValue((body, name), out List<ISymbol>? members))
        {
            members.ForEach(Give);
        }

        if (body.Locals.TryGetValue(name, out List<ExpressionSyntax>? values))
        {
            values.ForEach(value => Give(value, body, level, isWhole: true, isBuffer: false));
        }

        if (body.Parameters.Contains(name))
        {
            foreach ((OwnCall call, CodeBody caller, int callerLevel) in CallersOf(body, level))
            {
                foreach (ExpressionSyntax argument in ArgumentsFor(call, body, name))
                {
                    Give(argument, caller, callerLevel, isWhole: true, isBuffer: false);
                }
            }
        }
    }

    /// <summary>
    /// The calls that hand something to a body: of a constructor those of the type itself and those of the next derived one.
    /// </summary>
    private IEnumerable<(OwnCall Call, CodeBody Caller, int Level)> CallersOf(CodeBody body, int level) => body.IsConstructor
        ? _calls["this"].Where(call => call.Level == level).Concat(_calls[""].Where(call => call.Level == level - 1))
        : _calls[body.Name];

    /// <summary>What a call hands to a parameter; to the last one, all that is left.</summary>
    private static IEnumerable<ExpressionSyntax> ArgumentsFor(OwnCall call, CodeBody body, string parameter)
    {
        int last = body.Parameters.Count - 1;
        for (int i = 0; i < call.Arguments.Arguments.Count; i++)
        {
            ArgumentSyntax argument = call.Arguments.Arguments[i];
            if (parameter == (argument.NameColon?.Name.Identifier.ValueText ?? body.Parameters[Math.Min(i, last)]))
            {
                yield return argument.Expression;
            }
        }
    }

    /// <summary>What a base in another assembly is handed, it keeps: its code cannot be read.</summary>
    private void GiveToForeignBases(Func<INamedTypeSymbol, bool> isGradientSource)
    {
        int foreign = _code.IndexOf(null);
        if (foreign <= 0 || !isGradientSource(_hierarchy[foreign]))
        {
            return;
        }

        for (int level = 0; level < foreign; level++)
        {
            foreach (CodeBody body in _code[level]!.Bodies)
            {
                foreach (OwnCall call in body.Calls)
                {
                    bool isOfForeignBase = call.Method.Length == 0
                        ? level == foreign - 1
                        : Resolve(call.Method, level) is IMethodSymbol called && _hierarchy.IndexOf(called.ContainingType) >= foreign;
                    if (isOfForeignBase)
                    {
                        foreach (ArgumentSyntax argument in call.Arguments.Arguments)
                        {
                            Give(argument.Expression, body, level, isWhole: true, isBuffer: false);
                        }
                    }
                }
            }
        }
    }

    /// <summary>Remembers which members are the same object as a variable: <c>_w = w</c>, <c>_w = Register(new Matrix())</c>.</summary>
    private void FindAliases()
    {
        for (int level = 0; level < _hierarchy.Count; level++)
        {
            foreach (ISymbol member in _hierarchy[level].GetMembers().Where(member => member is IFieldSymbol or IPropertySymbol))
            {
                foreach (MemberWrite write in _code[level]?.WritesTo(member.Name) ?? [])
                {
                    if (write is { Kind: WriteKind.Assign or WriteKind.AssignIfNull, Path.Count: 1, Value: { } value })
                    {
                        FindAliases(member, value, write.Body);
                    }
                }
            }
        }
    }

    private void FindAliases(ISymbol member, ExpressionSyntax value, CodeBody body)
    {
        foreach (ExpressionSyntax same in GivenParts.Same(value))
        {
            if (same is IdentifierNameSyntax { Identifier.ValueText: var name } && body.Declares(name))
            {
                AddAlias(body, name, member);
            }
            else if (GivenParts.OwnMethod(same) is { } method)
            {
                for (int i = 0; i < _hierarchy.Count; i++)
                {
                    foreach (CodeBody called in _code[i]?.BodiesOf(method) ?? [])
                    {
                        foreach (ExpressionSyntax returned in called.Returned.SelectMany(GivenParts.Same))
                        {
                            if (returned is IdentifierNameSyntax identifier)
                            {
                                AddAlias(called, identifier.Identifier.ValueText, member);
                            }
                        }
                    }
                }
            }
        }
    }

    private void AddAlias(CodeBody body, string name, ISymbol member)
    {
        if (!_aliases.TryGetValue((body, name), out List<ISymbol>? members))
        {
            _aliases.Add((body, name), members = []);
        }

        members.Add(member);
    }

    private void Give(ExpressionSyntax value, CodeBody body, int level, bool isWhole, bool isBuffer)
    {
        foreach (string name in GivenParts.Of(value, isWhole, isBuffer))
        {
            if (body.Declares(name))
            {
                if (_givenVariables.Add((body, name)))
                {
                    _pendingVariables.Enqueue((body, name, level));
                }
            }
            else if (Resolve(name, level) is { } member)
            {
                Give(member);
            }
        }
    }

    private void Give(ISymbol member)
    {
        if (!_visited.Contains(member) && _given.Add(member))
        {
            _pendingMembers.Enqueue(member);
        }
    }

    /// <summary>
    /// Whether what the member is assigned is read from a visited member: <c>_w = Parameters[0]</c>, <c>_dW = _all.AsMemory(0, 50)</c>.
    /// </summary>
    private bool IsView(ISymbol member)
    {
        int level = _hierarchy.FindIndex(type => SymbolEqualityComparer.Default.Equals(type, member.ContainingType));
        return level >= 0 && (_code[level]?.WritesTo(member.Name) ?? []).Any(write =>
            write is { Kind: WriteKind.Assign or WriteKind.AssignIfNull, Path.Count: 1, Value: { } value }
                && IsView(value, write.Body, level, 0));
    }

    private bool IsView(ExpressionSyntax value, CodeBody body, int level, int depth)
    {
        // Longer ways are not worth the search.
        if (depth == 4)
        {
            return false;
        }

        if (GivenParts.OwnMethod(value) is { } method)
        {
            return Enumerable.Range(0, _hierarchy.Count).Any(i => (_code[i]?.BodiesOf(method) ?? []).Any(
                called => called.Returned.Any(returned => IsView(returned, called, i, depth + 1))));
        }

        if (GivenParts.Root(value) is not { } root)
        {
            return false;
        }

        return body.Locals.TryGetValue(root, out List<ExpressionSyntax>? values)
            ? values.Any(local => IsView(local, body, level, depth + 1))
            : !body.Declares(root) && Resolve(root, level) is { } member && _visited.Contains(member);
    }

    /// <summary>The member that a name means in the code of one level: the overriding one, where the name is virtual.</summary>
    private ISymbol? Resolve(string name, int level)
    {
        for (int i = level; i < _hierarchy.Count; i++)
        {
            ISymbol? found = _hierarchy[i].GetMembers(name).FirstOrDefault(
                member => member is (IFieldSymbol or IPropertySymbol) and { IsStatic: false } or IMethodSymbol
                    && (i == level || member.DeclaredAccessibility != Accessibility.Private));
            if (found is not null)
            {
                return Overriding(found) ?? found;
            }
        }

        return null;
    }

    /// <summary>The member that overrides a virtual one in the most derived of the types, or null.</summary>
    private ISymbol? Overriding(ISymbol member) => member is { IsVirtual: true } or { IsAbstract: true } or { IsOverride: true }
        ? _hierarchy.TakeWhile(type => !SymbolEqualityComparer.Default.Equals(type, member.ContainingType))
            .SelectMany(type => type.GetMembers(member.Name))
            .FirstOrDefault(candidate => candidate.IsOverride)
        : null;
}

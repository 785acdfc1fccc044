using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Declarations.Code;

/// <summary>
/// What the code of one type does to members. It is read from syntax, by name. Binding every body of every type that a model reaches would
/// be too slow for an editor.
/// </summary>
internal sealed class TypeBodies
{
    private readonly Dictionary<string, List<MemberWrite>> _writes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<MemberWrite>> _writesToOthers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<CodeBody>> _byName = new(StringComparer.Ordinal);

    private TypeBodies(TypeBodiesReader reader)
    {
        Bodies = reader.Bodies;
        foreach (MemberWrite write in reader.Writes)
        {
            if (write.IsOwn)
            {
                Add(_writes, write.Path[0], write);
            }

            foreach (string name in write.Path.Skip(1).Distinct(StringComparer.Ordinal))
            {
                Add(_writesToOthers, name, write);
            }
        }

        foreach (CodeBody body in Bodies)
        {
            Add(_byName, body.Name, body);
        }

        SpreadTiming();
    }

    public IReadOnlyList<CodeBody> Bodies { get; }

    public static TypeBodies Read(INamedTypeSymbol type, CancellationToken cancellation) => new(TypeBodiesReader.Read(type, cancellation));

    /// <summary>The writes to members of the type's own objects, in source order.</summary>
    public IReadOnlyList<MemberWrite> WritesTo(string member) => _writes.TryGetValue(member, out List<MemberWrite>? writes) ? writes : [];

    /// <summary>The writes to a member of that name of another object: <c>layer.Output = x</c>.</summary>
    public IReadOnlyList<MemberWrite> WritesToOther(string member) =>
        _writesToOthers.TryGetValue(member, out List<MemberWrite>? writes) ? writes : [];

    /// <summary>The methods, constructors and getters of that name.</summary>
    public IReadOnlyList<CodeBody> BodiesOf(string member) => _byName.TryGetValue(member, out List<CodeBody>? bodies) ? bodies : [];

    /// <summary>
    /// The timing of a method whose name does not tell it: for every sample if a forward pass calls it, and only during construction if
    /// nothing else can call it.
    /// </summary>
    private void SpreadTiming()
    {
        var pending = new Queue<CodeBody>(Bodies.Where(body => body.Timing >= CallTiming.Backward));
        while (pending.Count > 0)
        {
            CodeBody caller = pending.Dequeue();
            foreach (CodeBody callee in Callees(caller).Where(callee => callee.Timing == CallTiming.Unknown))
            {
                callee.Timing = caller.Timing;
                pending.Enqueue(callee);
            }
        }

        var callers = new Dictionary<CodeBody, int>();
        foreach (CodeBody callee in Bodies.SelectMany(Callees))
        {
            callers[callee] = callers.TryGetValue(callee, out int count) ? count + 1 : 1;
        }

        pending = new Queue<CodeBody>(Bodies.Where(body => body.Timing == CallTiming.Building));
        while (pending.Count > 0)
        {
            foreach (CodeBody callee in Callees(pending.Dequeue())
                .Where(callee => callee is { Timing: CallTiming.Unknown, IsPrivate: true }))
            {
                if (--callers[callee] == 0)
                {
                    callee.Timing = CallTiming.Building;
                    pending.Enqueue(callee);
                }
            }
        }
    }

    private IEnumerable<CodeBody> Callees(CodeBody caller) =>
        caller.Calls.Where(call => !LazyGuard.IsAround(call.Node, caller, null)).SelectMany(call => BodiesOf(call.Method))
            .Where(callee => callee != caller);

    private static void Add<T>(Dictionary<string, List<T>> lists, string key, T item)
    {
        if (!lists.TryGetValue(key, out List<T>? list))
        {
            lists.Add(key, list = []);
        }

        list.Add(item);
    }
}

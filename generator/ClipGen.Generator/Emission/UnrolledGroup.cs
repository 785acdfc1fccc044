using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;

namespace ClipGen.Generator.Emission;

/// <summary>Consecutive buffers that are emitted as straight-line vector code.</summary>
/// <param name="Number">Its index among the groups of the type.</param>
/// <param name="Element">The element type of all of them: <c>float</c> or <c>double</c>.</param>
/// <param name="Members">The buffers.</param>
internal sealed record UnrolledGroup(int Number, string Element, IReadOnlyList<GradientMember> Members)
{
    /// <summary>Maximum number of elements of an unrolled buffer. Above, a kernel call costs nothing measurable.</summary>
    private const int LongestBuffer = 256;

    // The number of vectors that one lane of the sum can take within the error bound, times four lanes.
    private const int MostSlots = 64;

    // With more buffers whose addresses are kept for checks, the JIT runs out of registers and tracked locals. With more buffers that do
    // not end on a whole vector, it exceeds its budget for inlining.
    private const int MostChecked = 8;
    private const int MostPartial = 8;

    // The C# compiler takes some 2 ms for each unrolled buffer. Further buffers of a type are visited one by one, so that a class of 5 000
    // compiles in one second instead of eleven.
    private const int MostUnrolled = 256;

    /// <summary>The struct that contains the code.</summary>
    public string Name => ReservedMembers.UnrolledStructs + Number;

    /// <summary>The elements of a 512-bit vector.</summary>
    public int SlotLength => SlotLengthOf(Element);

    /// <summary>Whether no checks are needed. Otherwise all members are checked.</summary>
    public bool IsProven => Members[0].IsProven;

    /// <summary>The groups of a source, each by its first member.</summary>
    public static Dictionary<GradientMember, UnrolledGroup> Find(GradientSourceDeclaration source)
    {
        var groups = new Dictionary<GradientMember, UnrolledGroup>();

        // The code is in a struct that holds the object. A copy of a struct source is another object, whose own memory may hold the
        // gradients.
        if (source.Type.Keyword.EndsWith("struct", StringComparison.Ordinal))
        {
            return groups;
        }

        var members = new List<GradientMember>();
        int unrolled = 0;
        int slots = 0;
        int partial = 0;
        foreach (GradientMember member in source.Members)
        {
            string? element = unrolled == MostUnrolled ? null : ElementOf(member);
            int slotLength = SlotLengthOf(element);
            int more = (member.Length + slotLength - 1) / slotLength;
            int morePartial = member.Length % slotLength == 0 ? 0 : 1;
            if (members.Count > 0
                && (element != ElementOf(members[0])
                    || member.IsProven != members[0].IsProven
                    || (!member.IsProven && members.Count == MostChecked)
                    || slots + more > MostSlots
                    || partial + morePartial > MostPartial))
            {
                Close();
            }

            if (element is not null)
            {
                members.Add(member);
                unrolled++;
                slots += more;
                partial += morePartial;
            }
        }

        Close();
        return groups;

        void Close()
        {
            if (members.Count > 0)
            {
                groups.Add(members[0], new UnrolledGroup(groups.Count, ElementOf(members[0])!, [.. members]));
            }

            members.Clear();
            slots = 0;
            partial = 0;
        }
    }

    /// <summary>Whether all gradients of a source are in groups, and the compiler saw that none are tied.</summary>
    public static bool AreAll(GradientSourceDeclaration source) =>
        source.IsUntied && Find(source).Values.Sum(group => group.Members.Count) == source.Members.Count;

    private static int SlotLengthOf(string? element) => element == "double" ? 8 : 16;

    private static string? ElementOf(GradientMember member) =>
        member is { Length: > 0 and <= LongestBuffer, IsReplicated: false, Form: BufferForm { Element: "float" or "double" } buffer }
            ? buffer.Element
            : null;
}

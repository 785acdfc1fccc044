using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;


namespace ClipGen.Generator.Emission;

/// <summary>Neighbouring buffers that are emitted as straight-line vector code.</summary>
/// <param name="Number">Its position among the groups of the type.</param>
/// <param name="Element">The element type of all of them: <c>float</c> or <c>double</c>.</param>
/// <param name="Members">The buffers.</param>
internal sealed record UnrolledGroup(int Number, string Element, IReadOnlyList<GradientMember> Members)
{
    /// <summary>Elements up to which a buffer is unrolled. Above, the loop of a kernel costs nothing that shows.</summary>
    private const int LongestBuffer = 256;

    // With more buffers in one method the JIT runs out of tracked locals, with more vectors out of its budget for inlining.
    private const int MostMembers = 8;
    private const int MostSlots = 64;

    // The C# compiler takes some 2 ms for each unrolled buffer. Beyond 256 of them a type's buffers are visited one by one, so that a
    // class of 5 000 compiles in a second and not in eleven.
    private const int MostGroups = 32;

    /// <summary>The struct that the code is in.</summary>
    public string Name => ReservedMembers.UnrolledStructs + Number;

    /// <summary>The elements of a 512-bit vector.</summary>
    public int SlotLength => Element == "float" ? 16 : 8;

    /// <summary>The groups of a source, each by its first member.</summary>
    public static Dictionary<GradientMember, UnrolledGroup> Find(SourceDeclaration source)
    {
        var groups = new Dictionary<GradientMember, UnrolledGroup>();

        // The code is in a struct that holds the object. A copy of a struct is another one, whose own memory may hold the gradients.
        if (source.Type.Keyword.EndsWith("struct", StringComparison.Ordinal))
        {
            return groups;
        }

        var members = new List<GradientMember>();
        int slots = 0;
        foreach (GradientMember member in source.Members)
        {
            if (groups.Count == MostGroups)
            {
                return groups;
            }

            string? element = ElementOf(member);
            int more = element is null ? 0 : SlotsOf(member.Length, element);
            if (members.Count > 0 && (element != ElementOf(members[0]) || members.Count == MostMembers || slots + more > MostSlots))
            {
                Close();
            }

            if (element is not null)
            {
                members.Add(member);
                slots += more;
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
        }
    }

    private static int SlotsOf(int length, string element) => element == "float" ? (length + 15) / 16 : (length + 7) / 8;

    private static string? ElementOf(GradientMember member) =>
        member is { Length: > 0 and <= LongestBuffer, Form: BufferForm { Element: "float" or "double" } buffer } ? buffer.Element : null;
}

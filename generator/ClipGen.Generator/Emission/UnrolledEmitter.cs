using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;


namespace ClipGen.Generator.Emission;

/// <summary>Writes the code of unrolled groups: a struct for each, with the sum of squares, the scaling, and the buffers one by one.</summary>
internal sealed class UnrolledEmitter(SourceWriter writer, SourceDeclaration source)
{
    private const string Numerics = "global::ClipGen.Numerics.";
    private const string Unrolled = Numerics + "Unrolled.";
    private const string Span = "global::System.Span";
    private const string Vector = "global::System.Runtime.Intrinsics.Vector512";

    // As many as the kernels have, so that additions do not wait for each other.
    private const int LaneCount = 4;

    // Vectors up to which a buffer is scaled without a call. Above, stores are what takes the time: 40 buffers of 128 floats are scaled in 196 ns
    // unrolled and in 189 ns called, 40 of 16 in 49 and 73 ns.
    private const int LongestScale = 4;

    /// <summary>Writes the struct.</summary>
    /// <param name="group">The group.</param>
    /// <param name="emitOneByOne">Writes the calls of a visitor, given what stands before a member.</param>
    public void Emit(UnrolledGroup group, Action<string> emitOneByOne)
    {
        writer.Line("// Buffers whose lengths the compiler saw, in straight-line vector code. Where one has another length, they are visited one by one.");
        writer.Line(SourceEmitter.GeneratedCode);
        using (writer.OpenBlock($"private readonly struct {group.Name} : {Numerics}IUnrolledGradients<{group.Element}>"))
        {
            writer.Line($"private readonly {source.Type.Reference} _source;");
            writer.Line();
            writer.Line($"public {group.Name}({source.Type.Reference} source) => _source = source;");
            writer.Line();
            EmitSum(group);
            writer.Line();
            EmitScale(group);
            writer.Line();
            string visitor = VisitorParameter.NameIn(source);
            using (writer.OpenBlock(
                $"public void Visit<{visitor}>(ref {visitor} visitor)\n    where {visitor} : struct, global::ClipGen.IGradientVisitor"))
            {
                emitOneByOne("_source.");
            }
        }
    }

    private void EmitSum(UnrolledGroup group)
    {
        using (writer.OpenBlock($"public bool TrySum(ref {Numerics}EuclideanNormVisitor norm)"))
        {
            int last = group.Members.Count - 1;
            EmitReturnUnless([ReadBuffer(group, 0)]);
            writer.Line("norm.MoveTo(ref gradient0[0]);");
            EmitReturnUnless(
            [
                .. Enumerable.Range(1, last).Select(i => ReadBuffer(group, i)),
                .. Enumerable.Range(1, last).Select(i => $"{Unrolled}IsBehind(ref gradient{i}[0], ref gradient{i - 1}[0], {group.Members[i - 1].Length})"),
                $"norm.TryTake(ref gradient0[0], ref gradient{last}[0], {group.Members[last].Length})",
            ]);
            int slot = 0;
            for (int i = 0; i < group.Members.Count; i++)
            {
                int length = group.Members[i].Length;
                writer.Line();
                writer.Line($"// {group.Members[i].Name}");
                for (int start = 0; start < length; start += group.SlotLength)
                {
                    string squares = start + group.SlotLength <= length
                        ? $"{Unrolled}Squares(ref gradient{i}[0], {start})"
                        : $"{Unrolled}SquaresOfRest(ref gradient{i}[0], {length})";
                    writer.Line(slot < LaneCount ? $"{Vector}<{group.Element}> lanes{slot} = {squares};" : $"lanes{slot % LaneCount} += {squares};");
                    slot++;
                }
            }

            writer.Line();
            writer.Line($"norm.Add({SumOfLanes(Math.Min(slot, LaneCount))});");
            writer.Line("return true;");
        }
    }

    private static string SumOfLanes(int count) => count switch
    {
        1 => "lanes0",
        2 => "lanes0 + lanes1",
        3 => "(lanes0 + lanes1) + lanes2",
        _ => "(lanes0 + lanes1) + (lanes2 + lanes3)",
    };

    private void EmitScale(UnrolledGroup group)
    {
        using (writer.OpenBlock($"public bool TryScale({group.Element} factor)"))
        {
            EmitReturnUnless([.. group.Members.Select((_, i) => ReadBuffer(group, i))]);
            for (int i = 0; i < group.Members.Count; i++)
            {
                writer.Line();
                writer.Line($"// {group.Members[i].Name}");
                EmitScale(group, i);
            }

            writer.Line();
            writer.Line("return true;");
        }
    }

    private void EmitScale(UnrolledGroup group, int i)
    {
        int length = group.Members[i].Length;
        if (length < group.SlotLength)
        {
            writer.Line($"{Unrolled}ScaleFew(ref gradient{i}[0], {length}, factor);");
            return;
        }

        if (length > LongestScale * group.SlotLength)
        {
            writer.Line($"{Unrolled}ScaleMany(ref gradient{i}[0], {length}, factor);");
            return;
        }

        // The last vector overlaps the one before, unless they fit: it is taken before anything is stored.
        int last = length - group.SlotLength;
        bool overlaps = length % group.SlotLength != 0;
        if (overlaps)
        {
            writer.Line($"{Vector}<{group.Element}> last{i} = {Unrolled}Scaled(ref gradient{i}[0], {last}, factor);");
        }

        for (int start = 0; start + group.SlotLength <= length; start += group.SlotLength)
        {
            writer.Line($"{Unrolled}Scale(ref gradient{i}[0], {start}, factor);");
        }

        if (overlaps)
        {
            writer.Line($"{Unrolled}Store(last{i}, ref gradient{i}[0], {last});");
        }
    }

    /// <summary>Every member is read once, so that what is checked is what is used.</summary>
    private static string ReadBuffer(UnrolledGroup group, int i)
    {
        GradientMember member = group.Members[i];
        var form = (BufferForm)member.Form;
        string buffer = BufferExpression.Of(MemberExpression.Behind("_source.", member.Expression), form);
        if (form.Kind == BufferKind.Convertible)
        {
            buffer = $"({Span}<{group.Element}>){buffer}";
        }

        return $"({buffer} is {{ Length: {member.Length} }} gradient{i})";
    }

    private void EmitReturnUnless(IReadOnlyList<string> conditions)
    {
        using (writer.OpenBlock($"if ({string.Join("\n    || ", conditions.Select(condition => "!" + condition))})"))
        {
            writer.Line("return false;");
        }
    }
}

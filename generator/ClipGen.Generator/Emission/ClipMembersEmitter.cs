using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;
using ClipGen.Generator.Torch;


namespace ClipGen.Generator.Emission;

/// <summary>Writes the members that a model offers: clip, norm, scale, zero, names.</summary>
internal static class ClipMembersEmitter
{
    /// <summary>The forms of <c>ClipGradients</c>, as <see cref="ReservedMembers.WrittenBy"/> names them.</summary>
    private static readonly string[] Signatures =
    [
        "ClipGradients()", "ClipGradients(double)", "ClipGradients(ClipGen.ClipReport)", "ClipGradients(double, ClipGen.ClipReport)",
    ];

    public static void Emit(SourceWriter writer, SourceDeclaration source)
    {
        string modifiers = source.ClipMembers switch
        {
            ClipMembersKind.Virtual => "public virtual",
            ClipMembersKind.Override => "public override",
            _ => "public",
        };

        bool isTorch = source.Torch is not null;
        string operations = isTorch ? TorchModuleEmitter.Operations : "global::ClipGen.Numerics.GradientOperations";
        string gradients = isTorch ? "this" : $"new {ReservedMembers.SourceStruct}(this)";
        LimitDeclaration? all = source.Limits.FirstOrDefault(limit => limit is { Group: null, Member: null });
        EmitClip(writer, source, all, modifiers, operations, gradients);
        double totalOrder = TotalOrder(source, all);
        string normType = totalOrder != 2.0 ? ", " + Literal.Of(totalOrder) : "";
        string order = Literal.Display(totalOrder);

        EmitMember(
            writer,
            source,
            "GradientNorm()",
            $"""
            /// <summary>The L{order} norm of all gradients, as if they were one vector. Nothing is changed.</summary>
            """,
            $"{modifiers} double GradientNorm() =>\n    {operations}.Norm({gradients}{normType});");
        EmitMember(
            writer,
            source,
            "ScaleGradients(double)",
            """
            /// <summary>Multiplies every gradient by <paramref name="factor"/>.</summary>
            /// <param name="factor">The factor, such as one over the number of accumulated batches.</param>
            """,
            $"{modifiers} void ScaleGradients(double factor) =>\n    {operations}.Scale({gradients}, factor);");
        EmitMember(
            writer,
            source,
            "ZeroGradients()",
            """
            /// <summary>Sets every gradient to zero.</summary>
            """,
            $"{modifiers} void ZeroGradients() =>\n    {operations}.Zero({gradients});");
        EmitMember(
            writer,
            source,
            "GetGradientNames()",
            """
            /// <summary>The paths of all gradient buffers that hold elements, in the order of <see cref="GetGradientNorms(global::System.Span{double})"/>. No two are equal.</summary>
            /// <returns>A new list.</returns>
            """,
            $"{modifiers} global::System.Collections.Generic.IReadOnlyList<string> GetGradientNames() =>\n    {operations}.Names({gradients});");
        EmitMember(
            writer,
            source,
            "GetGradientNorms(System.Span<double>)",
            $"""
            /// <summary>Writes the L{order} norm of each gradient buffer, in the order of <see cref="GetGradientNames()"/>.</summary>
            /// <param name="norms">Receives the norms; at least as long as there are names.</param>
            /// <returns>The number of norms written.</returns>
            /// <exception cref="global::System.ArgumentException"><paramref name="norms"/> is too short. Nothing was written.</exception>
            """,
            $"{modifiers} int GetGradientNorms(global::System.Span<double> norms) =>\n    {operations}.Norms({gradients}, norms{normType});",
            isLast: isTorch);
        if (!isTorch)
        {
            EmitSourceStruct(writer, source);
        }
    }

    /// <summary>The order of the total norm, as the runtime has it: the one that all limits share, else that of the limit for all gradients, else 2.</summary>
    private static double TotalOrder(SourceDeclaration source, LimitDeclaration? all)
    {
        double[] orders = [.. source.Limits.Select(Order).Distinct()];
        return orders.Length == 1 ? orders[0] : all is null ? 2.0 : Order(all);

        static double Order(LimitDeclaration limit) => limit.ByValue ? 2.0 : limit.NormType;
    }

    private static void EmitClip(
        SourceWriter writer, SourceDeclaration source, LimitDeclaration? all, string modifiers, string operations, string gradients)
    {
        bool isSingle = all is not null && source.Limits.Count == 1;
        const string Result = "global::ClipGen.ClipResult";
        const string Report = "global::ClipGen.ClipReport";
        const string ReportParameter = "/// <param name=\"report\">Receives it. Keep it for the next clip, which then allocates nothing.</param>";
        const string Throws =
            """
            /// <returns>The norm before clipping and what was done.</returns>
            /// <exception cref="global::ClipGen.NonFiniteGradientException">A gradient holds a NaN or an infinity, and the policy is to throw. Nothing was changed.</exception>
            """;
        string remarks = "/// <remarks>\n" + string.Join("\n", source.Limits.Select(limit => $"/// <para>{Escape(LimitEmitter.Describe(limit))}</para>")) + "\n/// </remarks>";
        string replaced = all is null
            ? "every declared limit"
            : isSingle ? "the declared limit" : "the limit declared for all gradients; groups and members keep theirs";
        string limitParameter = "/// <param name=\"limit\">The limit: greater than zero, in the units of the gradient.</param>";
        string throwsForLimit = Throws + "\n/// <exception cref=\"global::System.ArgumentOutOfRangeException\"><paramref name=\"limit\"/> is zero, negative or NaN.</exception>";

        Emit("", "/// <summary>Clips the gradients. Call it between the backward pass and the optimizer step.</summary>\n" + remarks, Throws);
        Emit("double limit", $"/// <summary>Clips the gradients with <paramref name=\"limit\"/> in place of {replaced}.</summary>\n{limitParameter}", throwsForLimit);
        Emit(
            $"{Report} report",
            $"/// <summary>Clips the gradients, and tells of every limit and every gradient what was found and done.</summary>\n{remarks}\n{ReportParameter}",
            Throws);
        Emit(
            $"double limit, {Report} report",
            $"/// <summary>Clips the gradients with <paramref name=\"limit\"/> in place of {replaced}. Tells of every limit and every gradient what was found and done.</summary>\n"
                + $"{limitParameter}\n{ReportParameter}",
            throwsForLimit);
        if (isSingle || Signatures.All(source.Written.Contains))
        {
            return;
        }

        writer.Line(SourceEmitter.GeneratedCode);
        writer.Line($"private static readonly global::ClipGen.Numerics.ClipRule[] {ReservedMembers.LimitsField} = new global::ClipGen.Numerics.ClipRule[]");
        writer.Line("{");
        foreach (LimitDeclaration limit in source.Limits)
        {
            writer.Line($"    {LimitEmitter.Rule(source.Type, limit, Literal.Of(limit.Limit))},");
        }

        writer.Line("};");
        writer.Line();

        void Emit(string parameters, string documentation, string throws)
        {
            bool hasLimit = parameters.StartsWith("double", StringComparison.Ordinal);
            string report = parameters.EndsWith("report", StringComparison.Ordinal) ? ", report" : "";
            string rules = isSingle
                ? LimitEmitter.Rule(source.Type, all!, hasLimit ? "limit" : Literal.Of(all!.Limit))
                : ReservedMembers.LimitsField + (hasLimit ? ", limit" : "");
            string signature = Signatures[(hasLimit ? 1 : 0) + (report.Length > 0 ? 2 : 0)];
            EmitMember(
                writer,
                source,
                signature,
                $"{documentation}\n{throws}",
                $"{modifiers} {Result} ClipGradients({parameters}) =>\n    {operations}.Clip({gradients}, {rules}{report});");
        }
    }

    private static void EmitMember(
        SourceWriter writer, SourceDeclaration source, string signature, string documentation, string member, bool isLast = false)
    {
        // What the user has written is used.
        if (source.Written.Contains(signature))
        {
            return;
        }

        writer.Lines(documentation);
        writer.Line(SourceEmitter.GeneratedCode);
        writer.Lines(member);
        if (!isLast)
        {
            writer.Line();
        }
    }

    private static void EmitSourceStruct(SourceWriter writer, SourceDeclaration source)
    {
        string call = source.Traversal == TraversalKind.HandWritten
            ? "global::ClipGen.Numerics.GradientTraversal.Visit(_model, ref visitor);"
            : $"_model.{WellKnownNames.VisitGradients}(ref visitor);";
        writer.Line("// A struct around the model, so that the runtime's operations are compiled for this model alone.");
        writer.Line(SourceEmitter.GeneratedCode);
        using (writer.OpenBlock($"private readonly struct {ReservedMembers.SourceStruct} : global::ClipGen.IGradientSource"))
        {
            writer.Line($"private readonly {source.Type.Reference} _model;");
            writer.Line();
            writer.Line($"public {ReservedMembers.SourceStruct}({source.Type.Reference} model) => _model = model;");
            writer.Line();
            string visitor = VisitorParameter.NameIn(source);
            writer.Lines(
                $"""
                public void {WellKnownNames.VisitGradients}<{visitor}>(ref {visitor} visitor)
                    where {visitor} : struct, global::ClipGen.IGradientVisitor =>
                    {call}
                """);
        }
    }

    private static string Escape(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}

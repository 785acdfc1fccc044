using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;
using ClipGen.Generator.Torch;


namespace ClipGen.Generator.Emission;

/// <summary>Writes the members that a model offers: clip, norm, scale, zero, names.</summary>
internal static class ClipMembersEmitter
{
    public static void Emit(SourceWriter writer, SourceDeclaration source)
    {
        string modifiers = source.ClipMembers switch
        {
            ClipMembersKind.Virtual => "public virtual",
            ClipMembersKind.Override => "public override",
            _ => "public",
        };

        bool isTorch = TorchModules.IsTorch(source.Traversal);
        string operations = isTorch ? TorchModuleEmitter.Operations : "global::ClipGen.Numerics.GradientOperations";
        string gradients = isTorch ? "this" : $"new {ReservedMembers.SourceStruct}(this)";
        LimitDeclaration? all = source.Limits.FirstOrDefault(limit => limit is { Group: null, Member: null });
        EmitClip(writer, source, all, modifiers, operations, gradients);
        string normType = all is { ByValue: false } && all.NormType != 2.0 ? ", " + Literal.Of(all.NormType) : "";
        string order = all is { ByValue: false } ? Literal.Display(all.NormType) : "2";

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
            "GradientNames",
            """
            /// <summary>The paths of all gradient buffers that hold elements, in the order of <see cref="GetGradientNorms"/>. A new list at every call.</summary>
            """,
            $"{modifiers} global::System.Collections.Generic.IReadOnlyList<string> GradientNames =>\n    {operations}.Names({gradients});");
        EmitMember(
            writer,
            source,
            "GetGradientNorms(System.Span<double>)",
            $"""
            /// <summary>Writes the L{order} norm of each gradient buffer, in the order of <see cref="GradientNames"/>.</summary>
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

    private static void EmitClip(
        SourceWriter writer, SourceDeclaration source, LimitDeclaration? all, string modifiers, string operations, string gradients)
    {
        bool isSingle = all is not null && source.Limits.Count == 1;
        const string Throws =
            """
            /// <returns>The norm before clipping and what was done.</returns>
            /// <exception cref="global::ClipGen.NonFiniteGradientException">A gradient holds a NaN or an infinity, and the policy is to throw. Nothing was changed.</exception>
            """;
        EmitMember(
            writer,
            source,
            "ClipGradients()",
            "/// <summary>Clips the gradients. Call it between the backward pass and the optimizer step.</summary>\n/// <remarks>\n"
                + string.Join("\n", source.Limits.Select(limit => $"/// <para>{Escape(LimitEmitter.Describe(limit))}</para>"))
                + "\n/// </remarks>\n"
                + Throws,
            isSingle && source.Written.Contains("ClipGradients(double)")
                ? $"{modifiers} global::ClipGen.ClipResult ClipGradients() =>\n    {operations}.Clip({gradients}, {LimitEmitter.Rule(source.Type, all!, Literal.Of(all!.Limit))});"
                : isSingle
                ? $"{modifiers} global::ClipGen.ClipResult ClipGradients() =>\n    ClipGradients({Literal.Of(all!.Limit)});"
                : $"{modifiers} global::ClipGen.ClipResult ClipGradients() =>\n    {operations}.Clip({gradients}, {ReservedMembers.LimitsField});");

        string replaced = all is null
            ? "every declared limit"
            : isSingle ? "the declared limit" : "the limit declared for all gradients; groups and members keep theirs";
        EmitMember(
            writer,
            source,
            "ClipGradients(double)",
            $"""
            /// <summary>Clips the gradients with <paramref name="limit"/> in place of {replaced}.</summary>
            /// <param name="limit">The limit: greater than zero, in the units of the gradient.</param>
            {Throws}
            /// <exception cref="global::System.ArgumentOutOfRangeException"><paramref name="limit"/> is zero, negative or NaN.</exception>
            """,
            isSingle
                ? $"{modifiers} global::ClipGen.ClipResult ClipGradients(double limit) =>\n    {operations}.Clip({gradients}, {LimitEmitter.Rule(source.Type, all!, "limit")});"
                : $"{modifiers} global::ClipGen.ClipResult ClipGradients(double limit) =>\n    {operations}.Clip({gradients}, {ReservedMembers.LimitsField}, limit);");
        if (isSingle || (source.Written.Contains("ClipGradients()") && source.Written.Contains("ClipGradients(double)")))
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
            writer.Line($"private readonly {source.Type.Name} _model;");
            writer.Line();
            writer.Line($"public {ReservedMembers.SourceStruct}({source.Type.Name} model) => _model = model;");
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

    private static string Escape(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;");
}

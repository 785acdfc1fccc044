using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;

namespace ClipGen.Generator.Emission;

/// <summary>Writes the members that a model offers: clip, norm, scale, zero, names.</summary>
internal static class ClipMembersEmitter
{
    /// <summary>The forms of <c>ClipGradients</c>, as <see cref="ReservedMembers.WrittenBy"/> names them.</summary>
    private static readonly string[] Signatures =
    [
        "ClipGradients()", "ClipGradients(double)", "ClipGradients(ClipGen.ClipReport)", "ClipGradients(double, ClipGen.ClipReport)",
    ];

    /// <summary>What a model implements for operations that do more than clip.</summary>
    public const string ModelInterface = "global::ClipGen.Numerics.IClipModel";

    public static void Emit(SourceWriter writer, GradientSourceDeclaration source)
    {
        string modifiers = source.ClipMembers switch
        {
            ClipMembersKind.Virtual => "public virtual",
            ClipMembersKind.Override => "public override",
            _ => "public",
        };

        bool isTorch = source.Torch is not null;
        string operations = isTorch ? TorchModuleEmitter.Operations : "global::ClipGen.Numerics.GradientOperations";
        string shortest = source.IsUntied ? "global::ClipGen.Numerics.UntiedGradients" : operations;
        string gradients = isTorch ? "this" : $"new {ReservedMembers.SourceStruct}(this)";
        LimitDeclaration? all = source.Limits.FirstOrDefault(limit => limit is { Group: null, Member: null });
        EmitClip(writer, source, all, modifiers, operations, shortest, gradients);
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
            $"{modifiers} double GradientNorm() =>\n    {shortest}.Norm({gradients}{normType});");
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
            /// <summary>
            /// The paths of all gradient buffers that hold elements, no two of which are equal, in the order of
            /// <see cref="GetGradientNorms(global::System.Span{double})"/>.
            /// </summary>
            /// <returns>A new list.</returns>
            """,
            $"{modifiers} global::System.Collections.Generic.IReadOnlyList<string> GetGradientNames() =>\n"
                + $"    {operations}.Names({gradients});");
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
            $"{modifiers} int GetGradientNorms(global::System.Span<double> norms) =>\n"
            + $"    {operations}.Norms({gradients}, norms{normType});");
        EmitModel(writer, source);
        if (!isTorch)
        {
            EmitGradientSourceStruct(writer, source);
        }
    }

    /// <summary>
    /// The order of the total norm, as the runtime has it: the one that all limits share, else that of the limit for all gradients, else 2.
    /// </summary>
    private static double TotalOrder(GradientSourceDeclaration source, LimitDeclaration? all)
    {
        double[] orders = [.. source.Limits.Select(Order).Distinct()];
        return orders.Length == 1 ? orders[0] : all is null ? 2.0 : Order(all);

        static double Order(LimitDeclaration limit) => limit.ByValue ? 2.0 : limit.NormType;
    }

    private static void EmitClip(
        SourceWriter writer,
        GradientSourceDeclaration source,
        LimitDeclaration? all,
        string modifiers,
        string operations,
        string shortest,
        string gradients)
    {
        LimitDeclaration? only = source.Limits.Count == 1 ? all : null;
        bool isAdaptive = source.Limits.Any(limit => limit.IsAdaptive);
        string replaced = all is null
            ? "every declared limit"
            : only is not null ? "the declared limit" : "the limit declared for all gradients; groups and members keep theirs";
        string inPlace = $"Clips the gradients with <paramref name=\"limit\"/> in place of {replaced}.";
        const string Tells = "ells of every limit and every gradient what was found and done.";

        Emit("Clips the gradients. Call it between the backward pass and the optimizer step.");
        Emit(inPlace, hasLimit: true);
        Emit("Clips the gradients, and t" + Tells, hasReport: true);
        Emit($"{inPlace} T{Tells}", hasLimit: true, hasReport: true);
        EmitLimits(writer, source);

        void Emit(string summary, bool hasLimit = false, bool hasReport = false)
        {
            List<string> parameters = [];
            List<string> arguments = [];
            List<string> documentation = [$"<summary>{summary}</summary>"];
            if (hasLimit)
            {
                parameters.Add("double limit");
                documentation.Add("<param name=\"limit\">The limit: greater than zero, in the units of the gradient.</param>");
            }
            else
            {
                IEnumerable<string> limits = source.Limits.Select(limit => $"<para>{Escape(LimitEmitter.Describe(limit))}</para>");
                documentation.AddRange(["<remarks>", .. limits, "</remarks>"]);
            }

            if (hasReport)
            {
                parameters.Add("global::ClipGen.ClipReport report");
                documentation.Add("<param name=\"report\">Receives it. Keep it for the next clip, which then allocates nothing.</param>");
            }

            documentation.AddRange(
            [
                "<returns>The norm before clipping and what was done.</returns>",
                "<exception cref=\"global::ClipGen.NonFiniteGradientException\">"
                    + "A gradient holds a NaN or an infinity, and the policy is to throw. Nothing was changed.</exception>",
            ]);
            if (hasLimit)
            {
                documentation.Add(
                    "<exception cref=\"global::System.ArgumentOutOfRangeException\">"
                        + "<paramref name=\"limit\"/> is zero, negative or NaN.</exception>");
            }

            if (isAdaptive)
            {
                EmitAdaptive(parameters, documentation, hasLimit, hasReport);
                return;
            }

            arguments.Add(gradients);
            string number = hasLimit || only is null ? "limit" : Literal.Of(only.Limit);
            string rule = only is null ? ReservedMembers.LimitsField : LimitEmitter.Rule(source.Type, only, number);
            bool isShortest = source.IsUntied && !hasReport && only is not null;
            arguments.Add(isShortest && LimitEmitter.IsPlainNorm(only!) ? number : rule);
            if (isShortest && LimitEmitter.IsPlainNorm(only!) && only!.NonFinite != "Throw")
            {
                arguments.Add("global::ClipGen.NonFinitePolicy." + only.NonFinite);
            }

            if (only is null && hasLimit)
            {
                arguments.Add("limit");
            }

            if (hasReport)
            {
                arguments.Add("report");
            }

            EmitMember(
                writer,
                source,
                Signatures[(hasLimit ? 1 : 0) + (hasReport ? 2 : 0)],
                string.Join("\n", documentation.Select(line => "/// " + line)),
                $"{modifiers} global::ClipGen.ClipResult ClipGradients({string.Join(", ", parameters)}) =>\n"
                    + $"    {(only is null || hasReport ? operations : shortest)}.Clip({string.Join(", ", arguments)});");
        }

        // What the limits have learned is the model's, so that it is handed over beside the declared limits. A module's operations find
        // it on their own.
        void EmitAdaptive(List<string> parameters, List<string> documentation, bool hasLimit, bool hasReport)
        {
            List<string> arguments = [gradients, ReservedMembers.LimitsField];
            if (hasLimit)
            {
                arguments.Add("limit");
            }

            if (source.Torch is null)
            {
                arguments.Add("global::ClipGen.ClipState.Of(this)");
            }

            if (hasReport)
            {
                arguments.Add("report");
            }

            string method = source.Torch is not null ? operations + ".Clip"
                : "global::ClipGen.Numerics.AdaptiveGradients." + (source.IsUntied && !hasLimit && !hasReport ? "ClipUntied" : "Clip");
            EmitMember(
                writer,
                source,
                Signatures[(hasLimit ? 1 : 0) + (hasReport ? 2 : 0)],
                string.Join("\n", documentation.Select(line => "/// " + line)),
                $"{modifiers} global::ClipGen.ClipResult ClipGradients({string.Join(", ", parameters)}) =>\n"
                    + $"    {method}({string.Join(", ", arguments)});");
        }
    }

    /// <summary>The limits at run time, and operations compiled for the model. Implemented explicitly: users have no need of it.</summary>
    private static void EmitModel(SourceWriter writer, GradientSourceDeclaration source)
    {
        writer.Line(GradientSourceEmitter.GeneratedCode);
        writer.Line($"global::System.ReadOnlySpan<global::ClipGen.Numerics.ClipRule> {ModelInterface}.GetClipRules() => "
            + $"{ReservedMembers.LimitsField};");
        writer.Line();
        writer.Line(GradientSourceEmitter.GeneratedCode);
        string operation = VisitorParameter.NameIn(source, "TOperation");
        string head = $"void {ModelInterface}.Run<{operation}>(ref {operation} operation)";
        if (source.Torch is not null)
        {
            writer.Lines($"{head} =>\n    {TorchModuleEmitter.Operations}.Run(this, {ReservedMembers.LimitsField}, ref operation);");
        }
        else
        {
            using (writer.OpenBlock(head))
            {
                writer.Line($"{ReservedMembers.SourceStruct} gradients = new {ReservedMembers.SourceStruct}(this);");
                writer.Line($"operation.Run(gradients, {ReservedMembers.LimitsField}, "
                    + $"{(source.IsUntied ? "gradients.IsUntied" : "false")});");
            }

            writer.Line();
        }
    }

    private static void EmitLimits(SourceWriter writer, GradientSourceDeclaration source)
    {
        const string Rule = "global::ClipGen.Numerics.ClipRule";
        writer.Line(GradientSourceEmitter.GeneratedCode);
        writer.Line($"private static readonly {Rule}[] {ReservedMembers.LimitsField} = new {Rule}[]");
        writer.Line("{");
        foreach (LimitDeclaration limit in source.Limits)
        {
            writer.Line($"    {LimitEmitter.Rule(source.Type, limit, Literal.Of(limit.Limit))},");
        }

        writer.Line("};");
        writer.Line();
    }

    private static void EmitMember(
        SourceWriter writer, GradientSourceDeclaration source, string signature, string documentation, string member)
    {
        // What the user has written is used.
        if (source.Written.Contains(signature))
        {
            return;
        }

        writer.Lines(documentation);
        writer.Line(GradientSourceEmitter.GeneratedCode);
        writer.Lines(member);
        writer.Line();
    }

    private static void EmitGradientSourceStruct(SourceWriter writer, GradientSourceDeclaration source)
    {
        string call = source.Traversal == TraversalKind.HandWritten
            ? "global::ClipGen.Numerics.GradientTraversal.Visit(_model, ref visitor);"
            : $"_model.{WellKnownNames.VisitGradients}(ref visitor);";
        writer.Line("// A struct around the model, so that the runtime's operations are compiled for this model alone.");
        writer.Line(GradientSourceEmitter.GeneratedCode);
        string implemented = "global::ClipGen.Numerics.IModelSource" + (source.IsUntied ? ", global::ClipGen.Numerics.IUntiedSource" : "");
        using (writer.OpenBlock($"private readonly struct {ReservedMembers.SourceStruct} : {implemented}"))
        {
            writer.Line($"private readonly {source.Type.Reference} _model;");
            writer.Line();
            writer.Line($"public {ReservedMembers.SourceStruct}({source.Type.Reference} model) => _model = model;");
            writer.Line();
            writer.Line($"public global::System.Type ModelType => typeof({source.Type.Reference});");
            writer.Line();
            writer.Line($"public string GradientFingerprint => \"{source.Fingerprint}\";");
            writer.Line();
            if (source.IsUntied)
            {
                string isUntied = source.Traversal == TraversalKind.Sealed
                    ? "true"
                    : $"((object)_model).GetType() == typeof({source.Type.Reference})";
                writer.Line("// The model allocates every gradient itself, where it is declared, and never replaces one.");
                writer.Line($"public bool IsUntied => {isUntied};");
                writer.Line();
                writer.Line($"public bool IsUnrolled => {(UnrolledGroup.AreAll(source) ? "true" : "false")};");
                writer.Line();
            }

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

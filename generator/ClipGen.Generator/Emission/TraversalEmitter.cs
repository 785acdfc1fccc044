using ClipGen.Declarations;

namespace ClipGen.Generator.Emission;

/// <summary>Writes the traversal: the methods that hand every gradient of a source to a visitor.</summary>
internal static class TraversalEmitter
{
    private const string Constraint = "where TVisitor : struct, global::ClipGen.IGradientVisitor";
    private const string Documentation =
        """
        /// <summary>Hands every gradient of this object to <paramref name="visitor"/>, always in the same order.</summary>
        /// <typeparam name="TVisitor">The operation.</typeparam>
        /// <param name="visitor">Receives the gradients.</param>
        """;

    /// <summary>Whether the type gets a traversal of its own.</summary>
    public static bool IsNeeded(SourceDeclaration source) => source.Traversal switch
    {
        TraversalKind.HandWritten => false,
        TraversalKind.Derived or TraversalKind.OverridesHandWritten or TraversalKind.HidesHandWritten => source.Members.Count > 0,
        _ => true,
    };

    public static void Emit(SourceWriter writer, SourceDeclaration source)
    {
        switch (source.Traversal)
        {
            case TraversalKind.Sealed:
                EmitMethod(writer, source, "public", WellKnownNames.VisitGradients, callsBase: false);
                break;
            case TraversalKind.Root:
                EmitRoot(writer, source);
                break;
            case TraversalKind.AbstractRoot:
                EmitEntry(writer, $"{WellKnownNames.VisitAllGradients}(ref visitor);");
                writer.Line();
                EmitMethod(writer, source, "protected virtual", WellKnownNames.VisitAllGradients, callsBase: false);
                break;
            case TraversalKind.Derived:
                EmitMethod(writer, source, "protected override", WellKnownNames.VisitAllGradients, callsBase: true);
                break;
            case TraversalKind.OverridesHandWritten:
                EmitMethod(writer, source, "public override", WellKnownNames.VisitGradients, callsBase: true);
                break;
            case TraversalKind.ImplementsAbstract:
                EmitMethod(writer, source, "public override", WellKnownNames.VisitGradients, callsBase: false);
                break;
            case TraversalKind.HidesHandWritten:
                EmitMethod(writer, source, "public new", WellKnownNames.VisitGradients, callsBase: true);
                break;
        }
    }

    /// <summary>
    /// A generic virtual call costs a look-up that a direct one does not, so the entry asks first whether there is a derived type at all.
    /// </summary>
    private static void EmitRoot(SourceWriter writer, SourceDeclaration source)
    {
        EmitEntry(
            writer,
            $$"""
            if (GetType() == typeof({{source.Type.Name}}))
            {
                {{WellKnownNames.VisitOwnGradients}}(ref visitor);
            }
            else
            {
                {{WellKnownNames.VisitAllGradients}}(ref visitor);
            }
            """);
        writer.Line();
        EmitDocumentation(writer);
        using (writer.OpenBlock($"protected virtual void {WellKnownNames.VisitAllGradients}<TVisitor>(ref TVisitor visitor)\n    {Constraint}"))
        {
            writer.Line($"{WellKnownNames.VisitOwnGradients}(ref visitor);");
        }

        writer.Line();
        EmitMethod(writer, source, "private", WellKnownNames.VisitOwnGradients, callsBase: false);
    }

    private static void EmitEntry(SourceWriter writer, string body)
    {
        EmitDocumentation(writer);
        using (writer.OpenBlock($"public void {WellKnownNames.VisitGradients}<TVisitor>(ref TVisitor visitor)\n    {Constraint}"))
        {
            writer.Lines(body);
        }
    }

    private static void EmitMethod(SourceWriter writer, SourceDeclaration source, string modifiers, string name, bool callsBase)
    {
        EmitDocumentation(writer);
        string head = $"{modifiers} void {name}<TVisitor>(ref TVisitor visitor)";
        if (!modifiers.EndsWith("override", StringComparison.Ordinal))
        {
            head += $"\n    {Constraint}";
        }

        using (writer.OpenBlock(head))
        {
            if (callsBase)
            {
                writer.Line($"base.{name}(ref visitor);");
            }

            foreach (GradientMember member in source.Members)
            {
                EmitMember(writer, source, member);
            }
        }
    }

    private static void EmitDocumentation(SourceWriter writer)
    {
        writer.Lines(Documentation);
        writer.Line(SourceEmitter.GeneratedCode);
    }

    private static void EmitMember(SourceWriter writer, SourceDeclaration source, GradientMember member)
    {
        string? group = source.Limits.Any(limit => limit.Member == member.Name) ? LimitEmitter.MemberGroup(member.Name) : member.Group;
        string name = Literal.Of(member.Name);
        if (member.Form is BufferForm buffer)
        {
            string parameter = member.Parameter is null ? "" : ", " + member.Parameter;
            string label = group is null ? "" : ", group: " + Literal.Of(group);
            writer.Line($"visitor.Visit<{buffer.Element}>({name}, {BufferExpression.Of(member.Expression, buffer)}{parameter}{label});");
            return;
        }

        writer.Line();
        writer.Line($"#region {member.Name}");
        writer.Line(group is null ? $"visitor.Enter({name});" : $"visitor.Enter({name}, {Literal.Of(group)});");
        EmitItem(writer, member.Form, member.Expression, depth: 0);
        writer.Line("visitor.Leave();");
        writer.Line("#endregion");
    }

    private static void EmitItem(SourceWriter writer, GradientForm form, string expression, int depth)
    {
        switch (form)
        {
            case BufferForm buffer:
                writer.Line($"visitor.Visit<{buffer.Element}>(\"\", {BufferExpression.Of(expression, buffer)});");
                break;
            case SourceForm source:
                EmitSource(writer, source, expression, depth);
                break;
            case CollectionForm collection:
                EmitCollection(writer, collection, expression, depth);
                break;
        }
    }

    private static void EmitSource(SourceWriter writer, SourceForm source, string expression, int depth)
    {
        if (source.ThroughInterface)
        {
            writer.Line($"global::ClipGen.Numerics.GradientTraversal.Visit({expression}, ref visitor);");
        }
        else if (source.Nulls == Nulls.NullableValue)
        {
            using (writer.OpenBlock($"if ({expression} is {{ }} value{depth})"))
            {
                writer.Line($"value{depth}.{WellKnownNames.VisitGradients}(ref visitor);");
            }
        }
        else
        {
            string access = source.Nulls == Nulls.Never ? "." : "?.";
            writer.Line($"{expression}{access}{WellKnownNames.VisitGradients}(ref visitor);");
        }
    }

    private static void EmitCollection(SourceWriter writer, CollectionForm collection, string expression, int depth)
    {
        string items = $"items{depth}";
        string index = $"i{depth}";
        string exists = collection.Kind == CollectionKind.ImmutableArray ? "{ IsDefault: false }" : "{ }";
        using (writer.OpenBlock($"if ({expression} is {exists} {items})"))
        {
            switch (collection.Kind)
            {
                case CollectionKind.Dictionary:
                    using (writer.OpenBlock($"foreach (var pair{depth} in {items})"))
                    {
                        EmitCollectionItem($"pair{depth}.Key", $"pair{depth}.Value");
                    }

                    break;
                case CollectionKind.Enumerable:
                    writer.Line($"int {index} = 0;");
                    using (writer.OpenBlock($"foreach (var item{depth} in {items})"))
                    {
                        EmitCollectionItem($"{index}++", $"item{depth}");
                    }

                    break;
                default:
                    string count = collection.Kind == CollectionKind.List ? "Count" : "Length";
                    using (writer.OpenBlock($"for (int {index} = 0; {index} < {items}.{count}; {index}++)"))
                    {
                        EmitCollectionItem(index, $"{items}[{index}]");
                    }

                    break;
            }
        }

        void EmitCollectionItem(string key, string item)
        {
            writer.Line($"visitor.EnterItem({key});");
            EmitItem(writer, collection.Item, item, depth + 1);
            writer.Line("visitor.Leave();");
        }
    }
}

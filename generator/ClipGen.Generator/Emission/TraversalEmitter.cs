using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;

namespace ClipGen.Generator.Emission;

/// <summary>Emits the traversal of one gradient source: the methods that pass every gradient to a visitor.</summary>
internal sealed class TraversalEmitter(SourceWriter writer, GradientSourceDeclaration source)
{
    private const string UnitLength = "unitLength: ";

    // Until a method has run often, the JIT inlines nothing, and every item of a collection would cost several calls.
    private const string OptimizedAtOnce = "[global::System.Runtime.CompilerServices.MethodImpl("
        + "global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]";

    private readonly string _visitor = VisitorParameter.NameIn(source);

    /// <summary>Makes local names unique in the method, because the variable of a pattern is in scope to its end.</summary>
    private int _locals;

    /// <summary>Blocks of short buffers of visible length, by their first member.</summary>
    private readonly Dictionary<GradientMember, UnrolledGroup> _groups = UnrolledGroup.Find(source);

    private string Constraint => $"where {_visitor} : struct, global::ClipGen.IGradientVisitor";

    /// <summary>Whether the type gets a traversal of its own.</summary>
    public bool IsNeeded => source.Traversal switch
    {
        TraversalKind.HandWritten => false,
        TraversalKind.Derived or TraversalKind.OverridesHandWritten or TraversalKind.HidesHandWritten => source.Members.Count > 0,
        _ => true,
    };

    public void Emit()
    {
        EmitTraversal();
        bool isAlone = _groups.Count == 1 && UnrolledGroup.AreAll(source);
        foreach (UnrolledGroup group in _groups.Values.OrderBy(group => group.Number))
        {
            writer.Line();
            new UnrolledEmitter(writer, source, isAlone).Emit(group, prefix =>
            {
                foreach (GradientMember member in group.Members)
                {
                    EmitMember(member, prefix);
                }
            });
        }
    }

    private void EmitTraversal()
    {
        switch (source.Traversal)
        {
            case TraversalKind.Sealed:
                EmitMethod("public", WellKnownNames.VisitGradients, callsBase: false);
                break;
            case TraversalKind.Root:
                EmitRoot();
                break;
            case TraversalKind.AbstractRoot:
                EmitEntry($"{WellKnownNames.VisitAllGradients}(ref visitor);");
                writer.Line();
                EmitMethod("protected virtual", WellKnownNames.VisitAllGradients, callsBase: false);
                break;
            case TraversalKind.Derived:
                EmitMethod("protected override", WellKnownNames.VisitAllGradients, callsBase: true);
                break;
            case TraversalKind.OverridesHandWritten:
                EmitMethod("public override", WellKnownNames.VisitGradients, callsBase: true);
                break;
            case TraversalKind.ImplementsAbstract:
                EmitMethod("public override", WellKnownNames.VisitGradients, callsBase: false);
                break;
            case TraversalKind.HidesHandWritten:
                EmitMethod("public new", WellKnownNames.VisitGradients, callsBase: true);
                break;
        }
    }

    /// <summary>
    /// A generic virtual call is slower than a direct one, so the entry first tests whether the object is of a derived type.
    /// </summary>
    private void EmitRoot()
    {
        EmitEntry(
            $$"""
            if (((object)this).GetType() == typeof({{source.Type.Reference}}))
            {
                {{WellKnownNames.VisitOwnGradients}}(ref visitor);
            }
            else
            {
                {{WellKnownNames.VisitAllGradients}}(ref visitor);
            }
            """);
        writer.Line();
        EmitDocumentation();
        using (writer.OpenBlock($"protected virtual void {WellKnownNames.VisitAllGradients}<{_visitor}>(ref {_visitor} visitor)\n    "
            + $"{Constraint}"))
        {
            writer.Line($"{WellKnownNames.VisitOwnGradients}(ref visitor);");
        }

        writer.Line();
        EmitMethod("private", WellKnownNames.VisitOwnGradients, callsBase: false);
    }

    private void EmitEntry(string body)
    {
        EmitDocumentation();
        using (writer.OpenBlock($"public void {WellKnownNames.VisitGradients}<{_visitor}>(ref {_visitor} visitor)\n    {Constraint}"))
        {
            writer.Lines(body);
        }
    }

    private void EmitMethod(string modifiers, string name, bool callsBase)
    {
        EmitDocumentation();
        if (IsOptimizedAtOnce())
        {
            writer.Line(OptimizedAtOnce);
        }

        string head = $"{modifiers} void {name}<{_visitor}>(ref {_visitor} visitor)";
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

            bool afterRegion = false;
            for (int i = 0; i < source.Members.Count;)
            {
                GradientMember member = source.Members[i];
                _groups.TryGetValue(member, out UnrolledGroup? unrolled);
                bool isRegion = unrolled is not null || member.Form is not BufferForm;
                if (afterRegion || (isRegion && i > 0))
                {
                    writer.Line();
                }

                if (unrolled is null)
                {
                    EmitMember(member);
                    i++;
                }
                else
                {
                    EmitUnrolled(unrolled);
                    i += unrolled.Members.Count;
                }

                afterRegion = isRegion;
            }
        }
    }

    // Only if it has a loop, and none with an enumerator: where the JIT observes enumerators first, it inlines them, which is worth more.
    private bool IsOptimizedAtOnce()
    {
        List<CollectionKind> loops = [.. source.Members.SelectMany(member => LoopsOf(member.Form))];
        return loops.Count > 0 && !loops.Exists(loop => loop is CollectionKind.Dictionary or CollectionKind.Enumerable);
    }

    private static IEnumerable<CollectionKind> LoopsOf(GradientForm form) => form switch
    {
        CollectionForm collection => LoopsOf(collection.Item).Prepend(collection.Kind),
        CompositeForm composite => composite.Parts.SelectMany(part => LoopsOf(part.Form)),
        _ => [],
    };

    private void EmitDocumentation()
    {
        writer.Lines(
            $"""
            /// <summary>Hands every gradient of this object to <paramref name="visitor"/>, always in the same order.</summary>
            /// <typeparam name="{_visitor}">The operation.</typeparam>
            /// <param name="visitor">Receives the gradients.</param>
            """);
        writer.Line(GradientSourceEmitter.GeneratedCode);
    }

    private void EmitUnrolled(UnrolledGroup group)
    {
        writer.Line($"#region {string.Join(", ", group.Members.Select(member => member.Name))}");
        writer.Line($"global::ClipGen.Numerics.Unrolled.Visit<{group.Element}, {group.Name}, {_visitor}>(new "
            + $"{group.Name}(this), ref visitor);");
        writer.Line("#endregion");
    }

    private void EmitMember(GradientMember member, string prefix = "")
    {
        string? group = LimitEmitter.GroupOf(source, member.Name, member.Group);
        ParameterText? parameter = member.Parameter is { } declared
            ? new ParameterText(declared.Name, Behind(declared.Expression), declared.Form, OptionsOf(declared, member.UnitLength))
            : null;
        if (member.IsReplicated)
        {
            writer.Line("visitor.EnterReplicated();");
        }

        EmitNamed(member.PathName, Behind(member.Expression), member.Form, parameter, group);
        if (member.IsReplicated)
        {
            writer.Line("visitor.LeaveReplicated();");
        }

        string Behind(string expression) => prefix.Length == 0 ? expression : MemberExpression.Behind(prefix, expression);
    }

    /// <summary>The arguments after the elements for each buffer of the member; empty for the default.</summary>
    private static string OptionsOf(ParameterDeclaration parameter, int unitLength) =>
        (parameter.WeightDecay ? "" : ", weightDecay: false")
            + (parameter.LearningRateScale == 1 ? "" : $", learningRateScale: {Literal.Of(parameter.LearningRateScale)}")
            + (unitLength == 0 ? "" : $", {UnitLength}{Literal.Of(unitLength)}");

    /// <summary>Emits the visit of a member: one call for a buffer, a region for anything longer.</summary>
    private void EmitNamed(string name, string expression, GradientForm form, ParameterText? parameter = null, string? group = null)
    {
        if (form is BufferForm buffer)
        {
            EmitVisit(Literal.Of(name), buffer, expression, parameter, group);
            return;
        }

        if (name.Length == 0)
        {
            // The items of the object itself. In a path, their index follows the object's path.
            EmitItem(form, expression, parameter);
            return;
        }

        string rest = (group is null ? "" : $", {Literal.Of(group)}")
            + (parameter?.Name is { } named ? $", parameter: {Literal.Of(named)}" : "");
        writer.Line($"#region {name}");
        writer.Line($"visitor.Enter({Literal.Of(name)}{rest});");
        EmitItem(form, expression, parameter?.Inside());
        writer.Line("visitor.Leave();");
        writer.Line("#endregion");
    }

    private void EmitVisit(string name, BufferForm buffer, string expression, ParameterText? parameter = null, string? group = null)
    {
        string? elements = parameter is { Form: BufferForm form } ? BufferExpression.Of(parameter.Expression, form) : null;
        string rest = (elements is null ? "" : ", " + elements)
            + (group is null ? "" : ", group: " + Literal.Of(group))
            + (elements is null ? "" : parameter!.OptionsOf(buffer, expression));
        writer.Line(
            buffer.Kind == BufferKind.Tensor
                ? $"global::ClipGen.Numerics.GradientTraversal.VisitTensor<{buffer.Element}, {_visitor}>"
                    + $"({name}, {expression}, ref visitor{rest});"
                : $"visitor.Visit<{buffer.Element}>({name}, {BufferExpression.Of(expression, buffer)}{rest});");
    }

    private void EmitItem(GradientForm form, string expression, ParameterText? parameter = null)
    {
        switch (form)
        {
            case BufferForm buffer:
                EmitVisit("\"\"", buffer, expression, parameter);
                break;
            case GradientSourceForm held:
                EmitSource(held, expression);
                break;
            case CompositeForm composite:
                EmitComposite(composite, expression, parameter);
                break;
            case CollectionForm collection:
                EmitCollection(collection, expression, parameter);
                break;
        }
    }

    private void EmitSource(GradientSourceForm held, string expression)
    {
        if (held.Nulls == Nulls.NullableValue)
        {
            string value = $"value{_locals++}";
            using (writer.OpenBlock($"if ({expression} is {{ }} {value})"))
            {
                EmitSource(held with { Nulls = Nulls.Never }, value);
            }
        }
        else if (held.ThroughInterface)
        {
            writer.Line($"global::ClipGen.Numerics.GradientTraversal.Visit({expression}, ref visitor);");
        }
        else
        {
            string access = held.Nulls == Nulls.Never ? "." : "?.";
            writer.Line($"{expression}{access}{WellKnownNames.VisitGradients}(ref visitor);");
        }
    }

    private void EmitComposite(CompositeForm composite, string expression, ParameterText? parameter)
    {
        string value = $"value{_locals++}";
        using (writer.OpenBlock($"if ({expression} is {{ }} {value})"))
        {
            foreach (GradientPart part in composite.Parts)
            {
                EmitNamed(part.Name, Of(value, part), part.Form, ParameterOf(part));
            }
        }

        static string Of(string value, GradientPart part) =>
            part.Through is null ? $"{value}.{part.Expression}" : $"(({part.Through}){value}).{part.Expression}";

        // A part of the value itself, or the same part of a value that holds parameters.
        ParameterText? ParameterOf(GradientPart part)
        {
            if (part.Parameter is { } own)
            {
                return new ParameterText(own.Name, Of(value, own), own.Form, parameter?.Extra ?? "");
            }

            if (parameter is null)
            {
                return null;
            }

            string other = $"value{_locals++}";
            return parameter with
            {
                Name = null,
                Expression = $"({parameter.Expression} is {{ }} {other} ? {Of(other, part)} : default)",
                Form = part.Form,
            };
        }
    }

    private void EmitCollection(CollectionForm collection, string expression, ParameterText? parameter)
    {
        int number = _locals++;
        string items = $"items{number}";
        string index = $"i{number}";
        string cast = collection.Through is null ? "" : $"({collection.Through}?)";
        string exists = collection.Kind == CollectionKind.ImmutableArray ? "{ IsDefault: false }" : "{ }";
        using (writer.OpenBlock($"if ({cast}{expression} is {exists} {items})"))
        {
            switch (collection.Kind)
            {
                case CollectionKind.Dictionary:
                    using (writer.OpenBlock($"foreach ({collection.Step} pair{number} in {items})"))
                    {
                        EmitCollectionItem($"pair{number}.Key", $"pair{number}.Value");
                    }

                    break;
                case CollectionKind.Enumerable:
                    writer.Line($"int {index} = 0;");
                    using (writer.OpenBlock($"foreach ({collection.Step} item{number} in {items})"))
                    {
                        EmitCollectionItem($"{index}++", $"item{number}");
                    }

                    break;
                case CollectionKind.Memory or CollectionKind.InlineArray:
                    string source = collection.InlineArray is { } shape
                        ? $"global::ClipGen.Numerics.GradientSpan.OfInlineArray<{shape.Type}, {shape.Element}>"
                            + $"(ref {items}, {Literal.Of(shape.Length)})"
                        : $"{items}.Span";
                    string elements = $"span{number}";
                    writer.Line($"{collection.Step} {elements} = {source};");
                    using (writer.OpenBlock($"for (int {index} = 0; {index} < {elements}.Length; {index}++)"))
                    {
                        EmitCollectionItem(index, $"{elements}[{index}]");
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
            EmitItem(collection.Item, item, parameter is null ? null : ParameterItem(collection, parameter, key));
            writer.Line("visitor.Leave();");
        }
    }

    /// <summary>
    /// The item of a collection of parameters that belongs to an item of a collection of gradients; null if it cannot be found by position
    /// or key.
    /// </summary>
    private ParameterText? ParameterItem(CollectionForm collection, ParameterText parameter, string key)
    {
        if (!ParameterPairing.IsByPositionOrKey(collection))
        {
            return null;
        }

        string items = $"parameters{_locals++}";
        string item = collection.Kind switch
        {
            CollectionKind.Array or CollectionKind.ImmutableArray => $"{key} < {items}.Length ? {items}[{key}]",
            CollectionKind.List => $"{key} < {items}.Count ? {items}[{key}]",
            CollectionKind.Memory => $"{key} < {items}.Length ? {items}.Span[{key}]",
            _ => $"{items}.ContainsKey({key}) ? {items}[{key}]",
        };
        string cast = collection.Through is null ? "" : $"({collection.Through}?)";
        string exists = collection.Kind == CollectionKind.ImmutableArray ? "{ IsDefault: false }" : "{ }";
        return parameter with
        {
            Expression = $"({cast}{parameter.Expression} is {exists} {items} && {item} : default)",
            Form = collection.Item,
        };
    }

    /// <summary>The expression for the parameters of the current gradients.</summary>
    /// <param name="Name">The name of the member that holds them, if there is one.</param>
    /// <param name="Expression">The expression that reads them.</param>
    /// <param name="Form">The form in which they are held.</param>
    /// <param name="Extra">The options for optimizers, as arguments.</param>
    private sealed record ParameterText(string? Name, string Expression, GradientForm Form, string Extra)
    {
        /// <summary>The options of a buffer, as an argument; empty for the default.</summary>
        public string OptionsOf(BufferForm gradient, string expression)
        {
            // The first index divides it into units.
            bool isDivided = gradient.Kind == BufferKind.MultiDimensional && !Extra.Contains(UnitLength);
            string extra = isDivided ? $"{Extra}, layout: {expression}" : Extra;
            return Name is null && extra.Length == 0
                ? ""
                : $", options: new global::ClipGen.ParameterOptions({(Name is null ? "null" : Literal.Of(Name))}{extra})";
        }

        /// <summary>The same for the parts of the member, whose paths begin with the member's name.</summary>
        public ParameterText Inside() => this with { Name = null };
    }
}

using System.Collections.Immutable;
using System.Globalization;
using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using ClipGen.Generator.Torch;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>Reads one type for a <see cref="GradientSourceIndex"/>.</summary>
internal sealed class GradientSourceReader(
    GradientSourceIndex index,
    Compilation compilation,
    GradientFormParser forms,
    INamedTypeSymbol type,
    CancellationToken cancellation)
{
    private readonly List<Problem> _problems = [];
    private readonly List<INamedTypeSymbol> _uses = [];
    private readonly List<HeldGradientSource> _held = [];
    private readonly List<GradientMember> _members = [];
    private readonly List<string> _ignored = [];
    private readonly List<LimitDeclaration> _limits = [];
    private ProvenBuffers? _proven;

    public ParsedGradientSource Read()
    {
        CheckType();
        _limits.AddRange(LimitParser.ReadType(type, _problems));
        TraversalKind traversal = TraversalKind.Registered;
        TorchDeclaration? torch = null;
        if (TorchModules.IsModule(type))
        {
            torch = new TorchModuleReader(type, compilation, _ignored, _limits, _problems).Read(index, _uses);
        }
        else
        {
            ReadMembers();
            ReadHeldElsewhere();
            InheritedNames.Qualify(type, _members, index);
            traversal = new InheritanceReader(index, type, _uses, _problems).ReadTraversal();
        }

        ClipMembersKind clipMembers = _limits.Count == 0 ? ClipMembersKind.None : InheritanceReader.ReadClipMembers(index, type);
        ReservedMembers.Check(type, traversal, clipMembers, _problems);
        if (clipMembers != ClipMembersKind.None)
        {
            // Models only: other sources get few members with reserved names, and searching the syntax of all sources takes time.
            TakenNames.Check(type, ReservedMembers.NamesFor(traversal), compilation, _problems, cancellation);
        }

        CheckGroups(traversal, torch);

        var declaration = new GradientSourceDeclaration(
            TypeDeclarationParser.Read(type),
            traversal,
            _members.ToEquatableArray(),
            _ignored.ToEquatableArray(),
            _limits.ToEquatableArray(),
            clipMembers,
            torch,
            ReservedMembers.WrittenBy(type).ToEquatableArray());
        return new ParsedGradientSource(type, declaration, _problems, _uses, _held);
    }

    private void CheckType()
    {
        if (!TypeDeclarationParser.IsComplete(type))
        {
            // The compiler reports the error.
            _problems.Add(new Problem(RuleIds.CannotBeClipped, true, type, null));
        }
        else if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct))
        {
            Refuse(type, null, $"a gradient cannot be declared in {Article(type.TypeKind)}; declare it in the classes that implement it");
        }
        else if (type.IsStatic || type.IsRefLikeType)
        {
            Refuse(type, null, $"{(type.IsStatic ? "a static class" : "a ref struct")} cannot be a gradient source; make it an ordinary "
                + "class or struct");
        }
        else if (InlineArrays.IsInlineArray(type))
        {
            Refuse(
                type, null, "an inline array declares one field for all its elements; declare the gradient on the member that holds the "
                    + "inline array");
        }
        else if (HiddenNames.Find(compilation) is { } hidden)
        {
            Refuse(type, null, hidden);
        }
        else
        {
            TypeDeclarationParser.CheckPartial(type, _problems, cancellation);
        }
    }

    private static string Article(TypeKind kind) => kind == TypeKind.Interface ? "an interface" : "this kind of type";

    private void ReadMembers()
    {
        Dictionary<string, (ISymbol Parameter, AttributeData Attribute)> parameters = ReadParameters();
        foreach (ISymbol member in MemberSymbols.InFileOrder(type))
        {
            // In incomplete code, a member may have no name yet.
            if (member is (IFieldSymbol or IPropertySymbol or IMethodSymbol) and { IsImplicitlyDeclared: false, Name: not "" })
            {
                (ISymbol Parameter, AttributeData Attribute) parameter = default;
                if (parameters.ContainsKey(member.Name) && IsNamed(member))
                {
                    parameter = parameters[member.Name];
                    parameters.Remove(member.Name);
                }

                ReadMember(member, parameter.Parameter, parameter.Attribute);
            }
        }

        foreach (KeyValuePair<string, (ISymbol Parameter, AttributeData Attribute)> unmatched in parameters)
        {
            ReadInheritedGradient(unmatched.Key, unmatched.Value.Parameter, unmatched.Value.Attribute);
        }
    }

    /// <summary>Gradient sources that no field or auto-property of the type itself holds.</summary>
    private void ReadHeldElsewhere()
    {
        foreach (IParameterSymbol parameter in CapturedParameters.Find(type))
        {
            if (MemberSymbols.IsIgnored(parameter))
            {
                _ignored.Add(parameter.Name);
            }
        }

        foreach ((ISymbol member, GradientForm form) in CapturedParameters.Of(type, compilation, forms.ParseHeldGradientSource))
        {
            if (MemberExpression.IsGeneratedLocal(member.Name))
            {
                Refuse(member, null, $"generated code has a local of that name; rename the parameter, or hold '{member.Name}' in a field");
                continue;
            }

            AddHeld(member, member.Name, MemberExpression.Of(member), form, MemberSymbols.TypeOf(member));
        }

        foreach ((ISymbol member,
            GradientForm form) in InheritedMembers.Of(type, compilation, forms.ParseHeldGradientSource, index.IsGradientSource))
        {
            AddHeld(member, member.Name, MemberExpression.OfThis(member), form, MemberSymbols.TypeOf(member));
        }

        if (InheritedMembers.FindItems(type, forms.ParseHeldGradientSource, index.IsGradientSource) is { } items)
        {
            // By the indexer of the base class, because the type may hide it.
            string collection = $"(({TypeText.Of(items.Base)})this)";
            AddHeld(type, "", collection, items.Form, items.Base);
        }
    }

    private void AddHeld(ISymbol member, string name, string expression, GradientForm form, ITypeSymbol memberType)
    {
        bool isOwn = SymbolEqualityComparer.Default.Equals(member.ContainingType, type);
        if (CheckWalkable(isOwn ? member : type, null, form))
        {
            _members.Add(new GradientMember(name, expression, form, null, null, 0) { IsReplicated = IsReplicated(member) });
            AddUses(memberType, member, isMarked: false);
        }
    }

    private static bool IsReplicated(ISymbol member) => WellKnownNames.FindAttribute(member, WellKnownNames.Replicated) is not null;

    /// <summary>Whether the method is the overload that a parameter names: the first readable one, otherwise the first.</summary>
    private bool IsNamed(ISymbol member)
    {
        ImmutableArray<ISymbol> overloads = type.GetMembers(member.Name);
        ISymbol named = overloads.FirstOrDefault(overload => MemberReadability.FindObstacle(overload, type, compilation) is null)
            ?? overloads[0];
        return SymbolEqualityComparer.Default.Equals(member, named);
    }

    /// <summary>The parameters that name their gradient, by that name.</summary>
    private Dictionary<string, (ISymbol Parameter, AttributeData Attribute)> ReadParameters()
    {
        var parameters = new Dictionary<string, (ISymbol, AttributeData)>();
        foreach (ISymbol member in type.GetMembers())
        {
            foreach (AttributeData attribute in member.GetAttributes())
            {
                if (WellKnownNames.IsClipGenType(attribute.AttributeClass, WellKnownNames.Parameter)
                    && MemberSymbols.GradientName(attribute) is { } gradient
                    && !parameters.ContainsKey(gradient))
                {
                    ISymbol declared = member is IFieldSymbol { AssociatedSymbol: { } property } ? property : member;
                    parameters.Add(gradient, (declared, attribute));
                }
            }
        }

        return parameters;
    }

    private void ReadMember(ISymbol member, ISymbol? parameter, AttributeData? parameterAttribute)
    {
        ImmutableArray<AttributeData> attributes = MemberSymbols.Attributes(member);
        AttributeData? gradient = attributes.FirstOrDefault(a => WellKnownNames.IsClipGenType(a.AttributeClass, WellKnownNames.Gradient));
        AttributeData? limit = attributes.FirstOrDefault(LimitParser.IsClipAttribute);
        if (MemberSymbols.IsIgnored(member))
        {
            _ignored.Add(member.Name);
            if (limit is not null)
            {
                _problems.Add(new Problem(
                    RuleIds.ContradictingLimits, true, member, limit,
                    $"'{member.Name}' has a limit and is left out by [ClipIgnore]; remove one of them"));
            }

            return;
        }

        bool isMarked = gradient is not null || limit is not null || parameter is not null;
        if (!isMarked)
        {
            if (MemberSymbols.CanHold(member)
                && forms.ParseHeldGradientSource(MemberSymbols.TypeOf(member)) is { } held
                && CheckReadable(member, null))
            {
                AddHeld(member, member.Name, MemberExpression.OfThis(member), held, MemberSymbols.TypeOf(member));
            }

            return;
        }

        if (CheckReadable(member, gradient ?? limit ?? parameterAttribute)
            && ParseForm(member, gradient ?? limit ?? parameterAttribute) is { } form)
        {
            string? group = ReadGroup(member, gradient, parameterAttribute);
            if (LimitParser.ReadMember(member, attributes, group, _problems) is { } own)
            {
                _limits.Add(own);
            }

            ParameterDeclaration? declared = parameter is null ? null : ReadParameter(parameter, parameterAttribute!, member, form);
            int? visible = VisibleLength.Of(member, compilation, cancellation);
            int length = gradient is null ? 0 : MemberSymbols.NamedArgument(gradient, "Length", 0);
            if (length <= 0)
            {
                length = visible ?? 0;
            }

            _members.Add(new GradientMember(member.Name, MemberExpression.OfThis(member), form, declared, group, length)
            {
                UnitLength = ReadUnitLength(member, gradient, length > 0 ? length : null),
                IsProven = length == visible && form is BufferForm
                    && (_proven ??= ProvenBuffers.Of(type, cancellation)).Contain(member, cancellation),
                IsReplicated = IsReplicated(member),
            });
            AddUses(MemberSymbols.TypeOf(member), member, isMarked: gradient is not null);
        }
    }

    private int ReadUnitLength(ISymbol member, AttributeData? gradient, int? length)
    {
        int unit = gradient is null ? 0 : MemberSymbols.NamedArgument(gradient, "UnitLength", 0);
        if (unit < 0 || (unit > 0 && length % unit is not (null or 0)))
        {
            _problems.Add(new Problem(
                RuleIds.UnevenUnits,
                true,
                member,
                gradient,
                unit.ToString(CultureInfo.InvariantCulture),
                member.Name,
                unit < 0 ? "it must be positive, or 0 for one unit" : $"the gradient has {length} elements, which it does not divide"));
        }

        return unit;
    }

    private bool CheckReadable(ISymbol member, AttributeData? attribute)
    {
        string? obstacle = MemberReadability.FindObstacle(member, type, compilation);
        if (obstacle is not null)
        {
            Refuse(member, attribute, obstacle);
        }
        else if (IsDeclaredTwice(member))
        {
            // The compiler reports the error.
            _problems.Add(new Problem(RuleIds.CannotBeClipped, true, member, attribute));
            return false;
        }

        return obstacle is null;
    }

    /// <summary>In incomplete code, two members may have the same name. Generated code could read neither.</summary>
    private static bool IsDeclaredTwice(ISymbol member) =>
        member.ContainingType.TypeParameters.Any(parameter => parameter.Name == member.Name)
        || member.ContainingType.GetMembers(member.Name)
            .Count(other => other is not IMethodSymbol { Arity: > 0 } and not IMethodSymbol { Parameters.IsEmpty: false }) > 1;

    private GradientForm? ParseForm(ISymbol member, AttributeData? attribute)
    {
        ITypeSymbol memberType = MemberSymbols.TypeOf(member);
        GradientForm? form = forms.ParseGradient(memberType);
        if (form is null && memberType.TypeKind == TypeKind.Error)
        {
            // The compiler reports the error.
            _problems.Add(new Problem(RuleIds.CannotBeClipped, true, member, attribute));
        }
        else if (form is null)
        {
            Refuse(member, attribute, Reason(memberType) + UnknownFormAdvice.For(member, forms, compilation));
        }

        return form is null || CheckWalkable(member, attribute, form) ? form : null;
    }

    private bool CheckWalkable(ISymbol member, AttributeData? attribute, GradientForm form)
    {
        if (form is RefusedForm { Reason: "" })
        {
            // The compiler reports the error.
            _problems.Add(new Problem(RuleIds.CannotBeClipped, true, member, attribute));
        }
        else if (form is RefusedForm refused)
        {
            Refuse(member, attribute, refused.Reason);
        }

        return form is not RefusedForm;
    }

    private static string Reason(ITypeSymbol memberType) => memberType switch
    {
        { SpecialType: SpecialType.System_Void } => "it returns nothing",
        { SpecialType: SpecialType.System_Single or SpecialType.System_Double } =>
            "it is a single number, and clipping one object per scalar costs more than the training step; hold the gradients of a layer in "
            + "one buffer, or pass an array of them to Gradients.ClipNorm",
        IPointerTypeSymbol =>
            "a pointer does not say how many elements it points to; hold the memory in an array, return it as a Span<T> from a property, "
            + "or pass a span to Gradients.ClipNorm",
        _ when memberType.Name == "ReadOnlySpan" || memberType.Name == "ReadOnlyMemory" => "it cannot be written to",
        _ => $"'{memberType.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}' is not a supported form of gradient",
    };

    private string? ReadGroup(ISymbol member, AttributeData? gradient, AttributeData? parameter)
    {
        string? fromGradient = gradient is null ? null : MemberSymbols.NamedArgument<string>(gradient, "Group", null);
        string? fromParameter = parameter is null ? null : MemberSymbols.NamedArgument<string>(parameter, "Group", null);
        if (fromGradient is not null && fromParameter is not null && fromGradient != fromParameter)
        {
            _problems.Add(new Problem(
                RuleIds.ContradictingLimits,
                true,
                member,
                gradient,
                $"the gradient '{member.Name}' belongs to the group '{fromGradient}' and its parameter to '{fromParameter}'; "
                + "name one group"));
        }

        return fromGradient ?? fromParameter;
    }

    private ParameterDeclaration? ReadParameter(ISymbol parameter, AttributeData attribute, ISymbol gradient, GradientForm form)
    {
        if (!parameter.IsStatic && MemberReadability.FindObstacle(parameter, type, compilation) is { } obstacle)
        {
            MismatchedParameter(parameter, attribute, gradient.Name, $"cannot be paired with the parameter: {obstacle}");
            return null;
        }

        ITypeSymbol parameterType = MemberSymbols.TypeOf(parameter);
        ITypeSymbol gradientType = MemberSymbols.TypeOf(gradient);
        GradientForm? parameterForm = forms.ParseGradient(parameterType);
        bool fits = (parameterForm, form) switch
        {
            (BufferForm p, BufferForm g) => p.Element == g.Element && Rank(parameterType) == Rank(gradientType),
            _ => SymbolEqualityComparer.Default.Equals(parameterType, gradientType),
        };
        if (SymbolEqualityComparer.Default.Equals(parameter, gradient))
        {
            MismatchedParameter(parameter, attribute, gradient.Name, "is the parameter itself");
        }
        else if (!fits)
        {
            string Display(ITypeSymbol t) => t.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
            MismatchedParameter(
                parameter, attribute, gradient.Name,
                $"is of type '{Display(gradientType)}', the parameter of type '{Display(parameterType)}'");
        }
        else if (VisibleLength.Differ(parameter, gradient, compilation, cancellation) is { } lengths)
        {
            MismatchedParameter(parameter, attribute, gradient.Name, $"has {lengths.Gradient} elements, the parameter {lengths.Parameter}");
        }
        else if (parameterForm is not (null or RefusedForm or GradientSourceForm) && !parameter.IsStatic)
        {
            double scale = MemberSymbols.NamedArgument(attribute, "LearningRateScale", 1.0);
            if (scale is >= 0 and <= double.MaxValue)
            {
                return new ParameterDeclaration(
                    parameter.Name,
                    MemberExpression.OfThis(parameter),
                    parameterForm,
                    MemberSymbols.NamedArgument(attribute, "WeightDecay", true),
                    scale);
            }

            _problems.Add(new Problem(
                RuleIds.InvalidLimit,
                true,
                parameter,
                attribute,
                "LearningRateScale",
                parameter.Name,
                scale.ToString("R", CultureInfo.InvariantCulture),
                "must be finite, and zero or greater"));
        }

        return null;
    }

    private static int Rank(ITypeSymbol memberType) => memberType is IArrayTypeSymbol array ? array.Rank : 1;

    private void ReadInheritedGradient(string name, ISymbol parameter, AttributeData attribute)
    {
        for (INamedTypeSymbol? ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            foreach (ISymbol member in ancestor.GetMembers(name))
            {
                if (member is (IFieldSymbol or IPropertySymbol) && compilation.IsSymbolAccessibleWithin(member, type))
                {
                    // A member that is marked there is visited there.
                    if (!MemberSymbols.MarksGradient(member))
                    {
                        ReadMember(member, parameter, attribute);
                    }

                    return;
                }
            }
        }

        MismatchedParameter(parameter, attribute, name, $"is no member of '{type.Name}'");
    }

    private void MismatchedParameter(ISymbol parameter, AttributeData attribute, string gradient, string what) =>
        _problems.Add(new Problem(RuleIds.ParameterWithoutGradient, true, parameter, attribute, parameter.Name, gradient, what));

    private void CheckGroups(TraversalKind traversal, TorchDeclaration? torch)
    {
        if (_limits.Count == 0)
        {
            return;
        }

        if (type.IsValueType && _limits.Any(limit => limit.IsAdaptive))
        {
            _problems.Add(new Problem(
                RuleIds.ContradictingLimits,
                true,
                type,
                null,
                $"'{type.Name}' is a struct, and a limit that follows the gradients belongs to one object; make it a class"));
        }

        var named = new HashSet<string>(_limits.Where(limit => limit.Group is not null).Select(limit => limit.Group!));
        IEnumerable<(string Name, string? Group)> grouped = torch is null
            ? _members.Select(member => (member.Name, member.Group))
            : torch.Members.Select(member => (member.Name, member.Group));
        foreach ((string name, string? declared) in grouped)
        {
            if (declared is { } group && !named.Contains(group))
            {
                ISymbol symbol = type.GetMembers(name).FirstOrDefault() ?? type;
                _problems.Add(new Problem(
                    RuleIds.ContradictingLimits,
                    true,
                    symbol,
                    null,
                    $"the gradient '{name}' belongs to the group '{group}', for which '{type.Name}' declares no limit; "
                        + $"add [ClipGradNorm(1.0, Group = \"{group}\")] to '{type.Name}' or correct the name"));
            }
        }

        bool inherits = traversal is not (TraversalKind.Sealed or TraversalKind.Root or TraversalKind.AbstractRoot);
        if (_members.Count == 0 && !inherits && !_problems.Any(problem => problem.IsError))
        {
            AttributeData? attribute = type.GetAttributes().FirstOrDefault(LimitParser.IsClipAttribute);
            _problems.Add(new Problem(RuleIds.NothingToClip, false, type, attribute, type.Name));
        }
    }

    private void Refuse(ISymbol symbol, AttributeData? attribute, string reason) =>
        _problems.Add(new Problem(RuleIds.CannotBeClipped, true, symbol, attribute, symbol.Name, reason,
            GradientFormParser.SupportedForms));

    /// <summary>
    /// Records the gradient sources in a member's type, and those of this compilation whose traversal the emitted code calls.
    /// </summary>
    private void AddUses(ITypeSymbol memberType, ISymbol member, bool isMarked)
    {
        switch (memberType)
        {
            case IArrayTypeSymbol array:
                AddUses(array.ElementType, member, isMarked);
                break;
            case ITypeParameterSymbol parameter:
                // Sources only: in other constraints the parameter may occur again, as in where T : IFloatingPoint<T>.
                foreach (ITypeSymbol constraint in parameter.ConstraintTypes.Where(index.IsGradientSource))
                {
                    AddUses(constraint, member, isMarked);
                }

                break;
            case INamedTypeSymbol named when index.IsGradientSource(named):
                _held.Add(new HeldGradientSource(member, named.OriginalDefinition, isMarked));
                if (index.IsGenerated(named))
                {
                    _uses.Add(named.OriginalDefinition);
                }

                break;
            case INamedTypeSymbol named:
                foreach (ITypeSymbol argument in named.TypeArguments)
                {
                    AddUses(argument, member, isMarked);
                }

                break;
        }
    }
}

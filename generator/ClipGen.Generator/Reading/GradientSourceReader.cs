using System.Collections.Immutable;
using System.Globalization;
using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using ClipGen.Generator.Torch;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>Reads one type for a <see cref="GradientSourceIndex"/>, and adds what is wrong with it to the problems.</summary>
internal sealed class GradientSourceReader(
    GradientSourceIndex index,
    Compilation compilation,
    GradientFormParser forms,
    INamedTypeSymbol type,
    List<Problem> problems,
    CancellationToken cancellation)
{
    private readonly MemberForms _memberForms = new(compilation, forms, type, problems);
    private readonly ParameterReader _parameters = new(compilation, forms, type, problems, cancellation);
    private readonly List<INamedTypeSymbol> _uses = [];
    private readonly List<HeldGradientSource> _held = [];
    private readonly List<GradientMember> _members = [];
    private readonly List<string> _ignored = [];
    private readonly List<LimitDeclaration> _limits = [];
    private ProvenBuffers? _proven;

    public ParsedGradientSource Read()
    {
        CheckType();
        _limits.AddRange(LimitParser.ReadType(type, problems));
        TraversalKind traversal = TraversalKind.Registered;
        TorchDeclaration? torch = null;
        if (TorchModules.IsModule(type))
        {
            torch = new TorchModuleReader(type, compilation, _ignored, _limits, problems).Read(index, _uses);
        }
        else
        {
            ReadMembers();
            ReadHeldElsewhere();
            InheritedNames.Qualify(type, _members, index);
            traversal = new InheritanceReader(index, type, _uses, problems).ReadTraversal();
        }

        ClipMembersKind clipMembers = _limits.Count == 0 ? ClipMembersKind.None : InheritanceReader.ReadClipMembers(index, type);
        ReservedMembers.Check(type, traversal, clipMembers, problems);
        if (clipMembers != ClipMembersKind.None)
        {
            // Models only: other sources get few members with reserved names, and searching the syntax of all sources takes time.
            TakenNames.Check(type, ReservedMembers.NamesFor(traversal), compilation, problems, cancellation);
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
        return new ParsedGradientSource(type, declaration, problems, _uses, _held);
    }

    private void CheckType()
    {
        if (!TypeDeclarationParser.IsComplete(type))
        {
            // The compiler reports the error.
            problems.Add(new Problem(RuleIds.CannotBeClipped, true, type, null));
        }
        else if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct))
        {
            _memberForms.Refuse(type, null, $"a gradient cannot be declared in {Article(type.TypeKind)}; declare it in the classes that "
                + "implement it");
        }
        else if (type.IsStatic || type.IsRefLikeType)
        {
            _memberForms.Refuse(type, null, $"{(type.IsStatic ? "a static class" : "a ref struct")} cannot be a gradient source; make it "
                + "an ordinary class or struct");
        }
        else if (InlineArrays.IsInlineArray(type))
        {
            _memberForms.Refuse(
                type, null, "an inline array declares one field for all its elements; declare the gradient on the member that holds the "
                    + "inline array");
        }
        else if (HiddenNames.Find(compilation) is { } hidden)
        {
            _memberForms.Refuse(type, null, hidden);
        }
        else
        {
            TypeDeclarationParser.CheckPartial(type, problems, cancellation);
        }
    }

    private static string Article(TypeKind kind) => kind == TypeKind.Interface ? "an interface" : "this kind of type";

    private void ReadMembers()
    {
        Dictionary<string, (ISymbol Parameter, AttributeData Attribute)> parameters = _parameters.FindNames();
        foreach (ISymbol member in MemberSymbols.InFileOrder(type))
        {
            // In incomplete code, a member may have no name yet.
            if (member is (IFieldSymbol or IPropertySymbol or IMethodSymbol) and { IsImplicitlyDeclared: false, Name: not "" })
            {
                (ISymbol Parameter, AttributeData Attribute) parameter = default;
                if (parameters.ContainsKey(member.Name) && _parameters.IsNamed(member))
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
                _memberForms.Refuse(member, null,
                    $"generated code has a local of that name; rename the parameter, or hold '{member.Name}' in a field");
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
        if (_memberForms.CheckWalkable(isOwn ? member : type, null, form))
        {
            _members.Add(new GradientMember(name, expression, form, null, null, 0) { IsReplicated = MemberSymbols.IsReplicated(member) });
            AddUses(memberType, member, isMarked: false);
        }
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
                problems.Add(new Problem(
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
                && _memberForms.CheckReadable(member, null))
            {
                AddHeld(member, member.Name, MemberExpression.OfThis(member), held, MemberSymbols.TypeOf(member));
            }
            else if (MemberSymbols.IsReplicated(member) && !MemberSymbols.Has(member, WellKnownNames.Parameter)
                && MemberSymbols.TypeOf(member).TypeKind != TypeKind.Error)
            {
                _memberForms.Refuse(
                    member,
                    WellKnownNames.FindAttribute(member, WellKnownNames.Replicated),
                    "it has [Replicated], but no [Gradient], and holds no gradient source; add [Gradient], or move [Replicated] to the "
                        + "member that has the gradient");
            }

            return;
        }

        if (_memberForms.CheckReadable(member, gradient ?? limit ?? parameterAttribute)
            && _memberForms.Parse(member, gradient ?? limit ?? parameterAttribute) is { } form)
        {
            string? group = ReadGroup(member, gradient, parameterAttribute);
            if (LimitParser.ReadMember(member, attributes, group, problems) is { } own)
            {
                _limits.Add(own);
            }

            ParameterDeclaration? declared = parameter is null ? null : _parameters.Read(parameter, parameterAttribute!, member, form);
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
                IsReplicated = MemberSymbols.IsReplicated(member) || (parameter is not null && MemberSymbols.IsReplicated(parameter)),
            });
            AddUses(MemberSymbols.TypeOf(member), member, isMarked: gradient is not null);
        }
    }

    private int ReadUnitLength(ISymbol member, AttributeData? gradient, int? length)
    {
        int unit = gradient is null ? 0 : MemberSymbols.NamedArgument(gradient, "UnitLength", 0);
        if (unit < 0 || (unit > 0 && length % unit is not (null or 0)))
        {
            problems.Add(new Problem(
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

    private string? ReadGroup(ISymbol member, AttributeData? gradient, AttributeData? parameter)
    {
        string? fromGradient = gradient is null ? null : MemberSymbols.NamedArgument<string>(gradient, "Group", null);
        string? fromParameter = parameter is null ? null : MemberSymbols.NamedArgument<string>(parameter, "Group", null);
        if (fromGradient is not null && fromParameter is not null && fromGradient != fromParameter)
        {
            problems.Add(new Problem(
                RuleIds.ContradictingLimits,
                true,
                member,
                gradient,
                $"the gradient '{member.Name}' belongs to the group '{fromGradient}' and its parameter to '{fromParameter}'; "
                + "name one group"));
        }

        return fromGradient ?? fromParameter;
    }

    private void ReadInheritedGradient(string name, ISymbol parameter, AttributeData attribute)
    {
        if (_parameters.FindInherited(name) is not { } member)
        {
            _parameters.ReportMismatch(parameter, attribute, name, $"is no member of '{type.Name}'");
        }
        else if (!MemberSymbols.MarksGradient(member))
        {
            // A member that is marked in the base class is visited there.
            ReadMember(member, parameter, attribute);
        }
    }

    private void CheckGroups(TraversalKind traversal, TorchDeclaration? torch)
    {
        if (_limits.Count == 0)
        {
            return;
        }

        if (type.IsValueType && _limits.Any(limit => limit.IsAdaptive))
        {
            problems.Add(new Problem(
                RuleIds.ContradictingLimits,
                true,
                type,
                null,
                $"'{type.Name}' is a struct, and an adaptive limit belongs to one object; make it a class"));
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
                problems.Add(new Problem(
                    RuleIds.ContradictingLimits,
                    true,
                    symbol,
                    null,
                    $"the gradient '{name}' belongs to the group '{group}', for which '{type.Name}' declares no limit; "
                        + $"add [ClipGradNorm(1.0, Group = \"{group}\")] to '{type.Name}' or correct the name"));
            }
        }

        bool inherits = traversal is not (TraversalKind.Sealed or TraversalKind.Root or TraversalKind.AbstractRoot);
        if (_members.Count == 0 && !inherits && !problems.Any(problem => problem.IsError))
        {
            AttributeData? attribute = type.GetAttributes().FirstOrDefault(LimitParser.IsClipAttribute);
            problems.Add(new Problem(RuleIds.NothingToClip, false, type, attribute, type.Name));
        }
    }

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

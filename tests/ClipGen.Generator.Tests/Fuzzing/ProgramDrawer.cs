using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace ClipGen.Generator.Tests.Fuzzing;

/// <summary>
/// Draws random programs that the generator must accept without a diagnostic. Types hold themselves and earlier types, as trees do. No two
/// types hold each other, because the generator rejects such a cycle unless an attribute breaks it (CLIP011).
/// </summary>
internal sealed class ProgramDrawer
{
    private static readonly double[] NormTypes = [2, 2, 2, 2, 1, 0.5, 3.5, double.PositiveInfinity];
    private static readonly double[] LimitValues = [1e-3, 0.01, 0.25, 1, 1, 5, 50, 1e6, double.PositiveInfinity];
    private static readonly double[] Epsilons = [0, 0, 0, 1e-6, 1e-5, 0.5];

    // Names that could conflict with generated code, or confuse its readers. None of them is the name of a reference to a holder, such as
    // "model": a program with such a member in a cycle of types is refused (CLIP011).
    private static readonly string[] OddNames =
    [
        "visitor", "items0", "i0", "item1", "pair2", "value0", "@event", "@class", "@ref", "scoped", "await", "var", "_", "field", "global",
        "from",
        "ClipGen", "System", "Visit", "Enter", "source", "_source", "norms", "limit", "factor", "record", "dynamic", "where", "größe",
        "TVisitor1",
        "@required", "@file", "@extension", "@partial", "@allows", "@nint", "@value", "@await", "@field", "@yield", "report", "gradient0",
        "lanes1", "GetType", "Length",
    ];

    // Type names that could conflict with generated code. Names that the programs themselves use are left out.
    private static readonly string[] OddTypeNames =
    [
        "@required", "@file", "@scoped", "@extension", "@record", "@var", "@dynamic", "@nint", "@event", "@float", "@partial", "@await",
        "@allows", "@where",
        "layer", "größe", "Numerics", "Unrolled", "GradientOperations", "TVisitor1", "Vector512", "IClippable", "GeneratedCode",
    ];

    // An [Obsolete] that warns, or an [Experimental] that the program has enabled.
    private static readonly string?[] Warnings =
        [null, null, null, null, "Obsolete", "Obsolete(\"x\")", $"Obsolete(\"x\", DiagnosticId = \"{ProgramWriter.ObsoleteId}\")",
            $"Experimental(\"{ProgramWriter.ExperimentalId}\")"];

    private static readonly string[] GroupNames = ["encoder", "heads", "say \"hi\"", "two\nlines", "a & <b> */ {c}", "this.G0"];

    private readonly Random _random;
    private readonly int _seed;
    private readonly List<TypeDraft> _types = [];
    private int _names;

    private ProgramDrawer(int seed)
    {
        _seed = seed;
        _random = new Random(seed);
    }

    public static ProgramDeclaration Draw(int seed) => new ProgramDrawer(seed).Draw();

    private ProgramDeclaration Draw()
    {
        bool hasInterface = Chance(0.5);
        int count = _random.Next(1, 6);
        int inLibrary = Chance(0.3) ? _random.Next(1, count + 1) : 0;
        for (int i = 0; i < count; i++)
        {
            _types.Add(Chance(0.15) ? DrawHandWritten(i < inLibrary, hasInterface) : DrawType(i < inLibrary, hasInterface, isModel: false));
        }

        _types.Add(DrawType(inLibrary: false, hasInterface, isModel: true));
        return new ProgramDeclaration(_seed, hasInterface, [.. _types.Select(WithoutItsOwnName)]);
    }

    /// <summary>No member may have the name of its type.</summary>
    private static TypeDraft WithoutItsOwnName(TypeDraft type)
    {
        string own = type.Name.TrimStart('@');
        return type with
        {
            Members = [.. type.Members.Select(member => member.Name.TrimStart('@') == own ? member with { Name = "_of_" + own } : member)],
        };
    }

    private TypeDraft DrawHandWritten(bool inLibrary, bool hasInterface)
    {
        HandWriting writing = Pick(HandWriting.Public, HandWriting.Virtual, HandWriting.Virtual, HandWriting.Explicit,
            HandWriting.Abstract);
        bool isValueType = writing is HandWriting.Public or HandWriting.Explicit && Chance(0.3);
        int members = writing == HandWriting.Abstract ? 0 : _random.Next(1, 3);
        return new TypeDraft
        {
            Name = NewTypeName(),
            Keyword = isValueType ? "struct" : "class",
            InLibrary = inLibrary,
            HandWriting = writing,
            IsAbstract = writing == HandWriting.Abstract,
            IsSealed = !isValueType && writing is HandWriting.Public or HandWriting.Explicit && Chance(0.4),
            IsLayer = hasInterface && Chance(0.5),
            Members = [.. Enumerable.Range(0, members)
                .Select(_ => new MemberDraft { Name = NewName(), Type = Pick(HeldForms.Elements) + "[]" })],
        };
    }

    private TypeDraft DrawType(bool inLibrary, bool hasInterface, bool isModel)
    {
        string keyword = Pick("class", "class", "class", "struct", "record", "record struct");
        bool isValueType = keyword is "struct" or "record struct";
        TypeDraft? baseType = isValueType || !Chance(0.45) ? null : PickBase(keyword);
        string? element = Chance(0.25) ? Pick("T", "T", "TElement", "TVisitor") : null;
        var type = new TypeDraft
        {
            Name = isModel ? $"T{_types.Count}" : NewTypeName(),
            Warning = Chance(0.2) ? Pick(Warnings) : null,
            Keyword = keyword,
            InLibrary = inLibrary,
            IsSealed = !isValueType && Chance(0.3),
            ElementParameter = element,
            SourceConstraint = isModel && Chance(0.15) ? PickConstraint(hasInterface) : null,
            Base = baseType is null ? null : Close(baseType, element),
            Container = Chance(0.12) ? Pick("class", "struct", "record", "interface") + $" Outer{_types.Count}" : null,
            IsSplit = Chance(0.15),
        };
        type = type with
        {
            IsAbstract = !isModel && !isValueType && !type.IsSealed && Chance(0.2),
            Limits = isModel || Chance(0.12) ? DrawLimits() : [],
        };
        type = type with { Members = DrawMembers(type, isModel) };

        // A limit for a group without a gradient is an error.
        type = type with
        {
            Limits = [.. type.Limits.Where(
                limit => limit.Group is null || type.Members.Any(member => !member.IsIgnored && member.Group == limit.Group))],
        };
        if (isModel && type.Limits.Length == 0 && !type.Members.Any(member => member.OwnLimit is not null))
        {
            type = type with { Limits = [DrawLimit(null)], Members = [.. type.Members.Select(member => member with { Group = null })] };
        }

        // A type without gradient attributes gets code only if a model reaches it. ILayer would require its traversal.
        bool isAnnotated = type.IsAnnotated;
        bool holdsOthers = type.Members.Any(member => !member.IsIgnored && !Names(member.Type, type.Name));
        if (!isAnnotated && (inLibrary || type.Base is not null || !holdsOthers))
        {
            type = type with { Members = type.Members.Add(new MemberDraft { Name = NewName(), Type = "float[]", IsGradient = true }) };
            isAnnotated = true;
        }

        return type with { IsLayer = hasInterface && isAnnotated && Chance(0.4) };
    }

    private TypeDraft? PickBase(string keyword)
    {
        TypeDraft[] bases = [.. _types.Where(
            type => type.Keyword == keyword && !type.IsSealed && type.HandWriting != HandWriting.Explicit)];
        return bases.Length == 0 ? null : bases[_random.Next(bases.Length)];
    }

    private string? PickConstraint(bool hasInterface)
    {
        string[] constraints =
        [
            .. hasInterface && _types.Any(type => type.IsLayer && CanBeArgument(type))
                ? ["ILayer", "struct, ILayer"]
                : Array.Empty<string>(),
            .. _types.Where(type => !type.IsValueType && !type.IsSealed && type.ElementParameter is null && CanBeArgument(type))
                .Select(type => type.Reference),
        ];
        string? constraint = constraints.Length == 0 ? null : constraints[_random.Next(constraints.Length)];
        return constraint == "struct, ILayer" && !_types.Any(type => type is { IsLayer: true, IsValueType: true, ElementParameter: null })
            ? "ILayer"
            : constraint;
    }

    private static bool Names(string text, string type) => Regex.IsMatch(text, $@"(?<![\w@]){Regex.Escape(type)}\b");

    private static bool CanBeArgument(TypeDraft type) => type is { ElementParameter: null, IsAbstract: false };

    private ImmutableArray<LimitDraft> DrawLimits()
    {
        string[] groups = [.. GroupNames.Where(_ => Chance(0.12)).Distinct()];
        bool hasRest = groups.Length == 0 ? !Chance(0.08) : Chance(0.75);
        return [.. hasRest ? [DrawLimit(null)] : Array.Empty<LimitDraft>(), .. groups.Select(DrawLimit)];
    }

    private LimitDraft DrawLimit(string? group)
    {
        double limit = Pick(LimitValues);
        NonFinitePolicy policy = Pick(Enum.GetValues<NonFinitePolicy>());
        if (Chance(0.2))
        {
            return new LimitDraft(true, limit, NonFinite: policy, Group: group);
        }

        double epsilon = Pick(Epsilons);
        return new LimitDraft(
            false,
            limit,
            Pick(NormTypes),
            Chance(0.25) ? ClipScope.PerParameter : ClipScope.Global,
            policy,
            epsilon,
            group);
    }

    private ImmutableArray<MemberDraft> DrawMembers(TypeDraft type, bool isModel)
    {
        var members = ImmutableArray.CreateBuilder<MemberDraft>();
        bool isProven = isModel && !type.IsValueType && Chance(0.15);
        if (isProven)
        {
            members.AddRange(DrawProvenBuffers(type));
        }
        else if (!type.IsValueType && Chance(0.25))
        {
            members.AddRange(DrawShortBuffers(type));
        }

        int count = isProven ? 0 : _random.Next(isModel ? 1 : 0, isModel ? 7 : 4);
        for (int i = 0; i < count; i++)
        {
            members.Add(Chance(0.5) || _types.Count == 0 ? DrawBuffer(type) : DrawHeld(type));
        }

        RepeatNames(type, members);

        // The groups of a model are those of its limits. A layer can have any group. A member with a limit makes its type a model.
        bool limitsAMember = isModel ? Chance(0.2) : Chance(0.05);
        int own = limitsAMember
            ? members.ToList()
                .FindIndex(member => member is { IsIgnored: false, HasParameter: false } && member.Shape != MemberShape.TargetedProperty)
            : -1;
        string[] groups = type.Limits.Length == 0 && own < 0
            ? GroupNames
            : [.. type.Limits.Where(limit => limit.Group is not null).Select(limit => limit.Group!)];
        for (int i = 0; i < members.Count; i++)
        {
            if (i == own)
            {
                members[i] = members[i] with { OwnLimit = DrawLimit(null) };
            }
            else if (groups.Length > 0 && !members[i].IsIgnored && Chance(0.3))
            {
                // A source needs no [Gradient], except to declare a group.
                members[i] = members[i] with { Group = Pick(groups), IsGradient = members[i].IsGradient || !members[i].HasParameter };
            }
        }

        return members.ToImmutable();
    }

    /// <summary>
    /// Gives some members the name of a private member of a base class in the same assembly. They are private too, so that they hide
    /// nothing.
    /// </summary>
    private void RepeatNames(TypeDraft type, ImmutableArray<MemberDraft>.Builder members)
    {
        var names = new HashSet<string>();
        for (TypeDraft? ancestor = BaseOf(type); ancestor is not null; ancestor = BaseOf(ancestor))
        {
            if (ancestor.InLibrary == type.InLibrary && ancestor.HandWriting == HandWriting.None)
            {
                names.UnionWith(ancestor.Members.Where(IsPrivate).Select(member => member.Name));
            }
        }

        for (int i = 0; i < members.Count; i++)
        {
            if (IsPrivate(members[i]) && names.Count > 0 && Chance(0.4))
            {
                string name = Pick([.. names]);
                names.Remove(name);
                members[i] = members[i] with { Name = name };
            }
        }

        // Required members are written as public.
        static bool IsPrivate(MemberDraft member) => member is { Accessibility: "private", Shape: not MemberShape.RequiredProperty };
    }

    private TypeDraft? BaseOf(TypeDraft type) => type.Base is null ? null : _types.Find(candidate =>
        type.Base == candidate.Reference || type.Base.StartsWith(candidate.Reference + "<", StringComparison.Ordinal));

    /// <summary>Draws neighboring buffers whose lengths the compiler can see, mostly of one element type, for unrolled code.</summary>
    private IEnumerable<MemberDraft> DrawShortBuffers(TypeDraft type)
    {
        string element = Pick("float", "double");
        for (int i = _random.Next(1, 11); i > 0; i--)
        {
            if (Chance(0.3))
            {
                yield return DrawProvenBuffer(type, element);
                continue;
            }

            yield return Finish(type, new MemberDraft
            {
                Name = NewName(),
                Type = Chance(0.1) ? $"Memory<{element}>" : Chance(0.1) ? "double[]" : Chance(0.1) ? element + "[,]" : element + "[]",
                Shape = Pick(MemberShape.Field, MemberShape.ReadOnlyField, MemberShape.Property),
                IsGradient = true,
                HasParameter = Chance(0.1),
                Length = Chance(0.9) ? Pick(1, 2, 7, 8, 16, 17, 31, 64, 100, 255, 256) : 0,
            });
        }
    }

    /// <summary>Draws a model whose gradients are all arrays in initializers.</summary>
    private IEnumerable<MemberDraft> DrawProvenBuffers(TypeDraft type)
    {
        string element = Pick("float", "float", "double");
        bool isMixed = Chance(0.3);
        for (int i = _random.Next(1, 50); i > 0; i--)
        {
            yield return DrawProvenBuffer(type, isMixed ? Pick("float", "double", "Half") : element);
        }
    }

    private MemberDraft DrawProvenBuffer(TypeDraft type, string element) => Finish(type, new MemberDraft
    {
        Name = NewName(),
        Type = element + (Chance(0.1) ? "[,]" : "[]"),
        Shape = Chance(0.8) ? MemberShape.ProvenField : MemberShape.ProvenProperty,
        IsGradient = true,
        Allocated = Chance(0.05) ? Pick(257, 5000) : Pick(1, 2, 7, 8, 9, 16, 16, 16, 17, 31, 64, 100, 128),
    });

    private MemberDraft DrawBuffer(TypeDraft type)
    {
        string element = type.ElementParameter is not null && Chance(0.6) ? type.ElementParameter : Pick(HeldForms.Elements);
        bool hasParameter = Chance(0.15);
        MemberShape shape = DrawShape(isBuffer: true);
        if (shape is MemberShape.SpanProperty or MemberShape.SpanMethod)
        {
            return Finish(type, new MemberDraft { Name = NewName(), Type = element + "[]", Shape = shape, IsGradient = true });
        }

        HeldType form = HeldForms.Buffer(_random, element);
        return Finish(type, new MemberDraft
        {
            Name = NewName(),
            Type = form.IsReference && Chance(0.4) ? form.Text + "?" : form.Text,
            Shape = shape,
            HasParameter = hasParameter,
            IsGradient = !hasParameter || Chance(0.4),
            IsIgnored = Chance(0.05),
        });
    }

    private MemberDraft DrawHeld(TypeDraft type)
    {
        (string source, bool isReference) = DrawSource(type);
        bool isNullableValue = !isReference && source != "THeld" && Chance(0.3);
        HeldType form = HeldForms.Source(_random, isNullableValue ? source + "?" : source, isReference);
        MemberShape shape = DrawShape(isBuffer: false);
        return Finish(type, new MemberDraft
        {
            Name = NewName(),
            Type = form.IsReference && !form.Text.EndsWith('?') && Chance(0.4) ? form.Text + "?" : form.Text,
            Shape = shape,
            IsIgnored = Chance(0.08),
        });
    }

    private (string Name, bool IsReference) DrawSource(TypeDraft type)
    {
        if (type.SourceConstraint is not null && Chance(0.4))
        {
            return ("THeld", false);
        }

        bool canImplement(TypeDraft candidate) => candidate is { IsLayer: true, IsAbstract: false, ElementParameter: null };
        if (_types.Any(canImplement) && Chance(0.2))
        {
            return ("ILayer", true);
        }

        if (!type.IsValueType && type.ElementParameter is null && type.Container is null && type.SourceConstraint is null && Chance(0.1))
        {
            return (type.Name, true);
        }

        if (!type.InLibrary && Chance(0.1))
        {
            string element = type.ElementParameter is not null && Chance(0.5) ? type.ElementParameter : Pick(HeldForms.Elements);
            return Pick(("TheirMatrix", true), ("TheirVector", false), ($"TheirTensor<{element}>", true));
        }

        TypeDraft held = type.InLibrary
            ? Pick([.. _types.Where(candidate => candidate.InLibrary)])
            : Pick([.. _types]);
        return (Close(held, type.ElementParameter), !held.IsValueType);
    }

    /// <summary>Returns the source text of the type. Its element is that of the type that uses it, or a random one.</summary>
    private string Close(TypeDraft type, string? element) =>
        type.ElementParameter is null
            ? type.Reference
            : $"{type.Reference}<{(element is not null && Chance(0.5) ? element : Pick(HeldForms.Elements))}>";

    private MemberDraft Finish(TypeDraft type, MemberDraft member)
    {
        bool canBeProtected = !type.IsSealed && !type.IsValueType;
        return member with
        {
            Warning = Chance(0.1) ? Pick(Warnings) : null,
            Accessibility = canBeProtected
                ? Pick("private", "private", "internal", "public", "protected", "private protected")
                : Pick("private", "internal", "public"),
        };
    }

    private MemberShape DrawShape(bool isBuffer) => Chance(0.6)
        ? Pick(MemberShape.Field, MemberShape.ReadOnlyField)
        : isBuffer
            ? Pick([.. Enum.GetValues<MemberShape>().Where(shape => shape < MemberShape.ProvenField)])
            : Pick(MemberShape.GetOnlyProperty, MemberShape.Property, MemberShape.InitProperty, MemberShape.RequiredProperty);

    private string NewName()
    {
        if (Chance(0.06))
        {
            string odd = Pick(OddNames);
            return _usedOdd.Add(odd.TrimStart('@')) ? odd : $"G{_names++}";
        }

        return Pick("_d", "G", "_layer", "gradOf") + _names++;
    }

    private string NewTypeName()
    {
        string odd = Chance(0.1) ? Pick(OddTypeNames) : Chance(0.1) ? $"t{_types.Count}" : "";
        return odd.Length > 0 && _types.All(type => !type.Name.Equals(odd, StringComparison.OrdinalIgnoreCase)) ? odd : $"T{_types.Count}";
    }

    private readonly HashSet<string> _usedOdd = [];

    private bool Chance(double probability) => _random.NextDouble() < probability;

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}

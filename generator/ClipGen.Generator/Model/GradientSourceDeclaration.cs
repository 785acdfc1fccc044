namespace ClipGen.Generator.Model;

/// <summary>Everything that the generator knows of one gradient source, and all that decides what it emits.</summary>
/// <param name="Type">The type that the code is added to.</param>
/// <param name="Traversal">How its traversal stands in the inheritance of its type.</param>
/// <param name="Members">The gradients, in declaration order.</param>
/// <param name="Ignored">The members left out in writing.</param>
/// <param name="Limits">The declared limits; none for a source that is only held by others.</param>
/// <param name="ClipMembers">How the clipping members stand in the inheritance of its type.</param>
/// <param name="Torch">What is declared in a TorchSharp module, which has no gradients of its own; null for every other type.</param>
/// <param name="Written">The signatures of the clipping members that the user has written.</param>
internal sealed record GradientSourceDeclaration(
    TypeDeclaration Type,
    TraversalKind Traversal,
    EquatableArray<GradientMember> Members,
    EquatableArray<string> Ignored,
    EquatableArray<LimitDeclaration> Limits,
    ClipMembersKind ClipMembers,
    TorchDeclaration? Torch,
    EquatableArray<string> Written)
{
    /// <summary>A hash of the gradients of a model, which records of runs carry; empty for other sources.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>Whether the compiler saw that no two gradients of an object of this very type share memory.</summary>
    public bool IsUntied =>
        Traversal is TraversalKind.Sealed or TraversalKind.Root && Members.Count > 0 && Members.All(member => member.IsProven);
}

/// <summary>One member that holds gradients.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Expression">How the generated code reads it: <c>_dW</c>, <c>GetGradient()</c>.</param>
/// <param name="Form">How it holds them.</param>
/// <param name="Parameter">The parameter that it is the gradient of, or null.</param>
/// <param name="Group">The group it is clipped with, or null.</param>
/// <param name="Length">The number of elements, or 0 when the compiler cannot see it.</param>
internal sealed record GradientMember(
    string Name,
    string Expression,
    GradientForm Form,
    ParameterDeclaration? Parameter,
    string? Group,
    int Length)
{
    /// <summary>Its name as a path shows it: <c>Dense::_dW</c> where a base of its type visits another member of the same name.</summary>
    public string PathName { get; init; } = Name;

    /// <summary>The declared number of elements of a unit; 0 for the layout's own.</summary>
    public int UnitLength { get; init; }

    /// <summary>
    /// Whether it is an array of <see cref="Length"/> elements, allocated where it is declared and never replaced: not null, and no other
    /// member's.
    /// </summary>
    public bool IsProven { get; init; }

    /// <summary>Whether every process holds it, in a model whose other gradients are spread over processes.</summary>
    public bool IsReplicated { get; init; }
}

/// <summary>One member that holds parameters.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Expression">How the generated code reads it.</param>
/// <param name="Form">How it holds them: as the gradient's member does, or as another buffer of the same elements.</param>
/// <param name="WeightDecay">Whether the weight decay of an optimizer applies.</param>
/// <param name="LearningRateScale">What the learning rate of an optimizer is multiplied with.</param>
internal sealed record ParameterDeclaration(string Name, string Expression, GradientForm Form, bool WeightDecay, double LearningRateScale);

/// <summary>One declared limit.</summary>
/// <param name="ByValue">Clamp every element instead of scaling by the norm.</param>
/// <param name="Limit">The largest norm or magnitude that is left as it is.</param>
/// <param name="NormType">The order of the norm.</param>
/// <param name="PerParameter">Whether every buffer has its own norm.</param>
/// <param name="NonFinite">The policy's name.</param>
/// <param name="Epsilon">Added to the norm.</param>
/// <param name="Group">The group it is for; null for all gradients in no group.</param>
/// <param name="Member">The member that declares it for itself, or null.</param>
internal sealed record LimitDeclaration(
    bool ByValue,
    double Limit,
    double NormType,
    bool PerParameter,
    string NonFinite,
    double Epsilon,
    string? Group,
    string? Member)
{
    /// <summary>The kind of an adaptive limit; <see cref="LimitKind.Fixed"/> for a fixed limit.</summary>
    public LimitKind Kind { get; init; }

    /// <summary>A limit that always holds as well, or null.</summary>
    public double? MaxNorm { get; init; }

    /// <summary>The number of steps that are only observed; null for the runtime's own.</summary>
    public int? WarmUpSteps { get; init; }

    /// <summary>Whether the limit is adaptive, and so has a state in each model.</summary>
    public bool IsAdaptive => Kind != LimitKind.Fixed;
}

/// <summary>The kinds of limits. The names are those of the attributes and of the runtime's rules.</summary>
internal enum LimitKind
{
    /// <summary>It does not.</summary>
    Fixed,

    /// <summary>A percentile of all norms so far.</summary>
    AutoClip,

    /// <summary>A z-score against a mean and a variance of the norms.</summary>
    ZClip,

    /// <summary>A share of the norm of the weights, unit by unit.</summary>
    AdaptiveClip,

    /// <summary>A multiple of each buffer's mean norm.</summary>
    AdaGC,
}

internal enum TraversalKind
{
    /// <summary>No type can derive from it and no base is a source: one method does it.</summary>
    Sealed,

    /// <summary>The first source of an inheritance: a public entry and a virtual traversal.</summary>
    Root,

    /// <summary>The first source of an inheritance, abstract: the entry always dispatches.</summary>
    AbstractRoot,

    /// <summary>Derives from a generated source and overrides its traversal.</summary>
    Derived,

    /// <summary>Derives from a type that implements <c>VisitGradients</c> by hand as a virtual method.</summary>
    OverridesHandWritten,

    /// <summary>Derives from a type that declares <c>VisitGradients</c> by hand as an abstract method.</summary>
    ImplementsAbstract,

    /// <summary>
    /// Derives from a type that implements <c>VisitGradients</c> by hand, not virtual: the interface is implemented again.
    /// </summary>
    HidesHandWritten,

    /// <summary>The type implements the traversal by hand.</summary>
    HandWritten,

    /// <summary>A TorchSharp module: the runtime walks its registered parameters.</summary>
    Registered,
}

internal enum ClipMembersKind
{
    /// <summary>The type is no model.</summary>
    None,

    /// <summary>On a struct or a sealed type.</summary>
    Plain,

    /// <summary>On a type that others can derive from.</summary>
    Virtual,

    /// <summary>On a type whose base is a model.</summary>
    Override,
}

using ClipGen.Generator.Model;

namespace ClipGen.Generator.Emission;

/// <summary>Writes declared limits, as values for the runtime and as words for people.</summary>
internal static class LimitEmitter
{
    /// <summary>
    /// The group of a member that has a limit of its own: with its type, since a model may hold a layer with such a member of the same
    /// name. No attribute can name it by accident.
    /// </summary>
    private static string MemberGroup(TypeDeclaration type, string member) => $"{type.DisplayName}.this.{member}";

    /// <summary>The group of a member: of its own where it has a limit of its own, else the declared one.</summary>
    public static string? GroupOf(GradientSourceDeclaration source, string member, string? group) =>
        source.Limits.Any(limit => limit.Member == member) ? MemberGroup(source.Type, member) : group;

    /// <summary>The value for the runtime.</summary>
    /// <param name="type">The type that declares it.</param>
    /// <param name="limit">The declaration.</param>
    /// <param name="number">What stands for the limit itself: a literal, or a parameter's name.</param>
    public static string Rule(TypeDeclaration type, LimitDeclaration limit, string number)
    {
        var arguments = new List<string> { number };
        if (limit.IsAdaptive)
        {
            Add("maxNorm", limit.MaxNorm is not null, Literal.Of(limit.MaxNorm ?? 0));
            Add("warmUpSteps", limit.WarmUpSteps is not null, Literal.Of(limit.WarmUpSteps ?? 0));
        }
        else if (!limit.ByValue)
        {
            Add("normType", limit.NormType != 2.0, Literal.Of(limit.NormType));
            Add("scope", limit.PerParameter, "global::ClipGen.ClipScope.PerParameter");
        }

        Add("nonFinite", limit.NonFinite != "Throw", "global::ClipGen.NonFinitePolicy." + limit.NonFinite);
        if (limit is { ByValue: false, IsAdaptive: false })
        {
            Add("epsilon", limit.Epsilon != 0.0, Literal.Of(limit.Epsilon));
        }

        string? group = limit.Member is null ? limit.Group : MemberGroup(type, limit.Member);
        Add("group", group is not null, Literal.Of(group ?? ""));
        Add("member", limit.Member is not null, Literal.Of(limit.Member ?? ""));
        string kind = limit.IsAdaptive ? limit.Kind.ToString() : limit.ByValue ? "Value" : "Norm";
        return $"global::ClipGen.Numerics.ClipRule.{kind}({string.Join(", ", arguments)})";

        void Add(string name, bool isNeeded, string value)
        {
            if (isNeeded)
            {
                arguments.Add($"{name}: {value}");
            }
        }
    }

    /// <summary>Whether the limit is for the L2 norm of all gradients, and nothing but a policy is declared with it.</summary>
    public static bool IsPlainNorm(LimitDeclaration limit) =>
        limit == new LimitDeclaration(
            ByValue: false,
            limit.Limit,
            NormType: 2.0,
            PerParameter: false,
            limit.NonFinite,
            Epsilon: 0.0,
            Group: null,
            Member: null);

    /// <summary>One line of the file's header: <c>L2 norm of all gradients: at most 1</c>.</summary>
    public static string Describe(LimitDeclaration limit)
    {
        string over = limit switch
        {
            { Member: { } member } => member,
            { Group: { } group } => $"{Each("gradient in ")}the group '{Literal.Display(group)}'",
            _ => limit.PerParameter ? "each gradient" : "all gradients",
        };
        if (limit.IsAdaptive)
        {
            string also = limit.MaxNorm is { } maxNorm ? $", and at most {Literal.Display(maxNorm)}" : "";
            return $"L2 norm of {OverAdaptive(limit)}: {Rule(limit)}{also}";
        }

        if (limit.ByValue)
        {
            return $"every element of {over}: at most ±{Literal.Display(limit.Limit)}";
        }

        string epsilon = limit.Epsilon == 0.0 ? "" : $", epsilon {Literal.Display(limit.Epsilon)}";
        return $"L{Literal.Display(limit.NormType)} norm of {over}: at most {Literal.Display(limit.Limit)}{epsilon}";

        string Each(string what) => limit.PerParameter ? "each " + what : "";
    }

    private static string OverAdaptive(LimitDeclaration limit)
    {
        string each = limit.Kind switch
        {
            LimitKind.AdaptiveClip => "each unit of ",
            LimitKind.AdaGC => "each gradient of ",
            _ => "",
        };
        return limit switch
        {
            { Member: { } member } => each + member,
            { Group: { } group } => $"{each}the group '{Literal.Display(group)}'",
            _ => each.Length == 0 ? "all gradients" : each + "the model",
        };
    }

    /// <summary>The limit as a part of a sentence.</summary>
    private static string Rule(LimitDeclaration limit)
    {
        string number = Literal.Display(limit.Limit);
        return limit.Kind switch
        {
            LimitKind.AutoClip => $"at most the percentile {number} of all norms so far (AutoClip)",
            LimitKind.ZClip => $"clipped where its z-score exceeds {number} (ZClip)",
            LimitKind.AdaptiveClip => $"at most {number} times the norm of its weights (AGC)",
            _ => $"at most {number} times its mean norm (AdaGC)",
        };
    }
}

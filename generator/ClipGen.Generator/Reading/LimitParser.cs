using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>Reads clip attributes and checks their numbers and that they do not contradict each other.</summary>
internal static class LimitParser
{
    private static readonly string[] PolicyNames = ["Throw", "Zero", "Leave", "Propagate"];

    public static bool IsClipAttribute(AttributeData attribute) =>
        attribute.AttributeClass is { } type
        && Array.Exists(WellKnownNames.ClipAttributes, name => type.Name == name && WellKnownNames.IsClipGenType(type, name));

    /// <summary>The limits that a type declares for itself, at most one a group.</summary>
    public static List<LimitDeclaration> ReadType(INamedTypeSymbol type, List<Problem> problems)
    {
        var limits = new List<LimitDeclaration>();
        foreach (AttributeData attribute in type.GetAttributes().Where(IsClipAttribute))
        {
            LimitDeclaration limit = Read(attribute, type, member: null, problems);
            if (limits.Any(other => other.Group == limit.Group))
            {
                string scope = limit.Group is null ? $"the gradients of '{type.Name}'" : $"the group '{limit.Group}' of '{type.Name}'";
                string advice = limits.First(other => other.Group == limit.Group).IsAdaptive == limit.IsAdaptive
                    ? "keep one, or give each a Group of its own"
                    : "an adaptive limit has a fixed limit as its MaxNorm";
                problems.Add(new Problem(
                    RuleIds.ContradictingLimits, true, type, attribute, $"{scope} have more than one limit; {advice}"));
                continue;
            }

            limits.Add(limit);
        }

        return limits;
    }

    /// <summary>The limit that a gradient member declares for itself, or null.</summary>
    public static LimitDeclaration? ReadMember(ISymbol member, IEnumerable<AttributeData> attributes, string? group, List<Problem> problems)
    {
        LimitDeclaration? limit = null;
        foreach (AttributeData attribute in attributes.Where(IsClipAttribute))
        {
            if (limit is not null)
            {
                problems.Add(new Problem(
                    RuleIds.ContradictingLimits, true, member, attribute,
                    $"the gradient '{member.Name}' has more than one limit; keep one"));
                continue;
            }

            limit = Read(attribute, member, member.Name, problems);
            if ((limit.Group ?? group) is { } named)
            {
                problems.Add(new Problem(
                    RuleIds.ContradictingLimits,
                    true,
                    member,
                    attribute,
                    $"the gradient '{member.Name}' has a limit of its own and belongs to the group "
                    + $"'{named}', which has another; keep one of them"));
            }
        }

        return limit;
    }

    private static LimitDeclaration Read(AttributeData attribute, ISymbol symbol, string? member, List<Problem> problems)
    {
        bool byValue = WellKnownNames.IsClipGenType(attribute.AttributeClass, WellKnownNames.ClipGradValue);
        double limit = attribute.ConstructorArguments is [{ Value: double value }] ? value : 1.0;
        double normType = 2.0;
        double epsilon = 0.0;
        int scope = 0;
        int nonFinite = 0;
        double? maxNorm = null;
        int? warmUp = null;
        string? group = null;
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            switch (argument.Key, argument.Value.Value)
            {
                case ("NormType", double number): normType = number; break;
                case ("Epsilon", double number): epsilon = number; break;
                case ("Scope", int number): scope = number; break;
                case ("NonFinite", int number): nonFinite = number; break;
                case ("MaxNorm", double number): maxNorm = number; break;
                case ("WarmUpSteps", int number): warmUp = number; break;
                case ("Group", string name): group = name; break;
            }
        }

        void Check(bool isValid, string what, object actual, string requirement)
        {
            if (!isValid)
            {
                problems.Add(new Problem(RuleIds.InvalidLimit, true, symbol, attribute, what, symbol.Name, Display(actual), requirement));
            }
        }

        LimitKind kind = KindOf(attribute);
        CheckNumber(kind, limit, byValue, Check);
        Check(maxNorm is null or > 0, "MaxNorm", maxNorm ?? 0, "must be greater than zero");
        int leastWarmUp = kind == LimitKind.ZClip ? 2 : 0;
        Check(
            warmUp is not { } steps || steps >= leastWarmUp,
            "WarmUpSteps",
            warmUp ?? 0,
            leastWarmUp == 0 ? "must be zero or greater" : "must be at least 2, because the first variance is taken from the warm-up");
        Check(normType > 0, "NormType", normType, "must be greater than zero");
        Check(epsilon is >= 0 and <= double.MaxValue, "Epsilon", epsilon, "must be zero or a small positive number");
        Check(scope is 0 or 1, "Scope", scope, "must be a member of ClipScope");
        Check(nonFinite is >= 0 and <= 3, "NonFinite", nonFinite, "must be a member of NonFinitePolicy");
        Check(group != "", "Group", "empty", "must be null or a name");

        string policy = nonFinite >= 0 && nonFinite < PolicyNames.Length ? PolicyNames[nonFinite] : PolicyNames[0];
        return new LimitDeclaration(byValue, limit, normType, scope == 1, policy, epsilon, group, member)
        {
            Kind = kind,
            MaxNorm = maxNorm,
            WarmUpSteps = warmUp,
        };
    }

    private static LimitKind KindOf(AttributeData attribute) => attribute.AttributeClass?.Name switch
    {
        WellKnownNames.AutoClip => LimitKind.AutoClip,
        WellKnownNames.ZClip => LimitKind.ZClip,
        WellKnownNames.AdaptiveClip => LimitKind.AdaptiveClip,
        WellKnownNames.AdaGC => LimitKind.AdaGC,
        _ => LimitKind.Fixed,
    };

    /// <summary>Checks the number that stands first in the attribute.</summary>
    private static void CheckNumber(LimitKind kind, double number, bool byValue, Action<bool, string, object, string> check)
    {
        const string IsPositive = "must be finite, and greater than zero";
        switch (kind)
        {
            case LimitKind.AutoClip:
                check(number is > 0 and <= 100, "percentile", number, "must be greater than 0, and at most 100");
                break;
            case LimitKind.ZClip:
                check(number is > 0 and <= double.MaxValue, "threshold", number, IsPositive);
                break;
            case LimitKind.AdaptiveClip or LimitKind.AdaGC:
                check(number is > 0 and <= double.MaxValue, "ratio", number, IsPositive);
                break;
            default:
                check(number > 0, byValue ? "clip value" : "limit", number, "must be greater than zero");
                break;
        }
    }

    private static string Display(object value) => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "";
}

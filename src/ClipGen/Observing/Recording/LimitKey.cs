using ClipGen.Numerics;

namespace ClipGen.Observing.Recording;

/// <summary>Identifies a limit of a model, and its kind.</summary>
/// <param name="Group">The group that it applies to, or null.</param>
/// <param name="Member">The member that declares it for itself, or null.</param>
/// <param name="ByValue">Whether elements are clamped.</param>
/// <param name="Scope">What one norm covers.</param>
/// <param name="NormType">The order of the norm.</param>
internal readonly record struct LimitKey(string? Group, string? Member, bool ByValue, ClipScope Scope, double NormType)
{
    internal static LimitKey Of(in ClipRule rule) =>
        new(rule.Member is null ? rule.Group : null, rule.Member, rule.ByValue, rule.Scope, rule.NormType);

    /// <summary>The name of its norm in texts.</summary>
    internal string NormName => ByValue ? "largest element" : Scope == ClipScope.PerParameter ? "largest norm" : "norm";

    /// <summary>The attribute that declares the limit.</summary>
    internal string AttributeFor(double limit)
    {
        string text = FormattableString.Invariant($"[{(ByValue ? "ClipGradValue" : "ClipGradNorm")}({Numbers.Text(limit)}");
        if (!ByValue && NormType != 2)
            text += ", NormType = " + (double.IsPositiveInfinity(NormType) ? "double.PositiveInfinity" : Numbers.Text(NormType));
        if (!ByValue && Scope == ClipScope.PerParameter)
            text += ", Scope = ClipScope.PerParameter";
        if (Group is not null)
            text += $", Group = \"{Escape(Group)}\"";
        return text + ")]";
    }

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}

namespace ClipGen.Generator.Checks;

/// <summary>The ids of the declaration rules, as <c>docs/rules</c> names them.</summary>
internal static class RuleIds
{
    public const string NotPartial = "CLIP001";
    public const string NothingToClip = "CLIP002";
    public const string CannotBeClipped = "CLIP003";
    public const string InvalidLimit = "CLIP004";
    public const string ContradictingLimits = "CLIP005";
    public const string ParameterWithoutGradient = "CLIP006";
    public const string UndeclaredGradient = "CLIP007";
    public const string ReservedMember = "CLIP010";
    public const string BackReference = "CLIP011";
    public const string TorchAdapterMissing = "CLIP012";
    public const string LanguageVersion = "CLIP014";
    public const string HeldByNoSource = "CLIP015";
    public const string CachedActivation = "CLIP016";
}

namespace ClipGen.Generator.Checks;

/// <summary>The ids of all rules. Titles, messages and severities are in the <c>RuleCatalogue</c> of the analyzers.</summary>
internal static class RuleIds
{
    public const string NotPartial = "CLIP001";
    public const string NothingToClip = "CLIP002";
    public const string CannotBeClipped = "CLIP003";
    public const string InvalidLimit = "CLIP004";
    public const string ContradictingLimits = "CLIP005";
    public const string ParameterWithoutGradient = "CLIP006";
    public const string UndeclaredGradient = "CLIP007";
    public const string SuspiciouslySmallLimit = "CLIP008";
    public const string SuspiciouslyLargeLimit = "CLIP009";
    public const string ReservedMember = "CLIP010";
    public const string BackReference = "CLIP011";
    public const string TorchAdapterMissing = "CLIP012";
    public const string TorchClipFunction = "CLIP013";
    public const string LanguageVersion = "CLIP014";
    public const string HeldByNoSource = "CLIP015";
    public const string CachedActivation = "CLIP016";
    public const string SteppedWithoutParameter = "CLIP017";
    public const string ComparedWithoutParameter = "CLIP018";
    public const string UnevenUnits = "CLIP019";
    public const string AdaptiveLastLayer = "CLIP020";
    public const string ForgetfulLimit = "CLIP021";

    public const string StepOnUnclippedGradients = "CLIP101";
    public const string ClipAfterStep = "CLIP102";
    public const string ClipBeforeBackward = "CLIP103";
    public const string ResetBeforeStep = "CLIP104";
    public const string ClipEveryMicroBatch = "CLIP105";
    public const string ClipOtherNetwork = "CLIP106";
    public const string NeverReset = "CLIP107";
    public const string NeverClipped = "CLIP108";
    public const string IgnoredResult = "CLIP109";
    public const string InfiniteLimit = "CLIP110";
    public const string ClipOncePerEpoch = "CLIP111";
    public const string ClipOnSomePaths = "CLIP112";
    public const string TrainingNotRecognized = "CLIP113";
    public const string ClippedTwice = "CLIP114";
    public const string ClipAndStepInOne = "CLIP115";
    public const string ClippedBeforeUnscaling = "CLIP116";

    public const string LimitClippedNearlyAll = "CLIP201";
    public const string LimitNeverClipped = "CLIP202";
    public const string GradientWasNotFinite = "CLIP203";
    public const string StaleRecord = "CLIP204";
}

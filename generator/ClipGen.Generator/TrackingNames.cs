namespace ClipGen.Generator;

/// <summary>The names of the generator's steps. Tests use them to check whether a step was cached.</summary>
internal static class TrackingNames
{
    public const string AnnotatedOnBackingFields = nameof(AnnotatedOnBackingFields);
    public const string Sources = nameof(Sources);
    public const string AmbiguousNames = nameof(AmbiguousNames);
    public const string Output = nameof(Output);

    public static string AnnotatedBy(string attribute) => nameof(AnnotatedBy) + "." + attribute;
}

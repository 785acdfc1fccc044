using ClipGen.Generator.Reading;

namespace ClipGen.Documentation.Tests;

/// <summary>Every attribute that declares a limit, and every option of it, is on the pages about limits.</summary>
public sealed class LimitPageTests
{
    public static TheoryData<string, string> AdaptiveLimits => new(
        from limit in typeof(AdaptiveLimit).Assembly.GetTypes()
        where limit.IsSubclassOf(typeof(AdaptiveLimit))
        from page in new[] { "README.md", "README.vi.md", "docs/adaptive-limits.md", "docs/rules/CLIP004.md" }
        select (limit.Name[..^"Limit".Length], page));

    public static TheoryData<string> Options =>
    [
        .. WellKnownNames.ClipAttributes.Select(name => typeof(IClippable).Assembly.GetType(WellKnownNames.FullName(name))!)
            .SelectMany(attribute => attribute.GetProperties()).Where(property => property.CanWrite).Select(property => property.Name)
            .Distinct(),
    ];

    [Theory]
    [MemberData(nameof(AdaptiveLimits))]
    public void Every_adaptive_limit_is_on(string name, string page)
    {
        Assert.Contains(name + "Attribute", WellKnownNames.ClipAttributes);
        Assert.Contains($"`[{name}", File.ReadAllText(Repository.PathOf(page)), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void The_valid_values_of_every_option_are_on_the_page_of_CLIP004(string name) =>
        Assert.Contains($"`{name}`", File.ReadAllText(Repository.PathOf("docs/rules/CLIP004.md")), StringComparison.Ordinal);
}

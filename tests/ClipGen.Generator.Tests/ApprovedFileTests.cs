using System.Reflection;

namespace ClipGen.Generator.Tests;

/// <summary>The folder of approved files.</summary>
public sealed class ApprovedFileTests
{
    [Fact]
    public void Every_file_belongs_to_a_test()
    {
        string[] tests =
        [
            .. typeof(ApprovedFileTests).Assembly.GetTypes()
                .SelectMany(type =>
                    type.GetMethods().Where(method => method.IsDefined(typeof(FactAttribute)))
                        .Select(method => $"{type.Name}.{method.Name}.")),
        ];

        Assert.NotEmpty(Approval.Files);
        Assert.All(Approval.Files, file => Assert.Contains(tests, test => file.StartsWith(test, StringComparison.Ordinal)));
    }
}

using System.Text;
using ClipGen.Generator.Model;

namespace ClipGen.Generator.Tests.Emission;

/// <summary>The names of generated files. A project may write these files to disk.</summary>
public sealed class HintNameTests
{
    [Theory]
    [InlineData("Demo.Net")]
    [InlineData("Demo.Outer`1+Net`2")]
    [InlineData("_net")]
    public void A_plain_name_is_the_types_own(string name) => Assert.Equal(name + ".g.cs", Of(name));

    [Theory]
    [InlineData("Con", "Con-")]
    [InlineData("aux.Net", "aux.Net-")]
    [InlineData("COM1", "COM1-")]
    [InlineData("Größe", "Größe-")]
    public void Another_name_keeps_its_letters_before_a_hash(string name, string start)
    {
        Assert.StartsWith(start, Of(name), StringComparison.Ordinal);
        Assert.Equal(start.Length + 16 + ".g.cs".Length, Of(name).Length);
    }

    [Fact]
    public void A_long_name_is_cut_in_front_and_stays_different()
    {
        string shared = "." + new string('n', 300) + ".Net";

        Assert.NotEqual(Of("A" + shared), Of("B" + shared));
        Assert.Contains("nnn.Net-", Of("A" + shared), StringComparison.Ordinal);
        Assert.All(
            [Of("A" + shared), Of(new string('長', 500)), Of(new string('x', 101))],
            name => Assert.True(Encoding.UTF8.GetByteCount(name) <= 140, name));
    }

    [Fact]
    public void Names_that_differ_in_case_only_are_told_apart_without_it()
    {
        string[] names = ["Demo.Net", "Demo.NET", "demo.Net", "Demo.Other"];
        EquatableArray<string> ambiguous = HintNames.FindAmbiguous([.. names]);

        Assert.Equal(["Demo.NET", "Demo.Net", "demo.Net"], ambiguous);
        Assert.Equal(names.Length, names.Select(name => Of(name, ambiguous)).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    private static string Of(string name) => Of(name, EquatableArray<string>.Empty);

    private static string Of(string name, EquatableArray<string> ambiguous) =>
        HintNames.Of(new TypeDeclaration("", EquatableArray<string>.Empty, "class", name, name, name, name), ambiguous);
}

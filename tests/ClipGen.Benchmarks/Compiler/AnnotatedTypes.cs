using System.Text;

namespace ClipGen.Benchmarks.Compiler;

/// <summary>Types with ten members each, with the attributes of each generator.</summary>
internal static class AnnotatedTypes
{
    private const int Members = 10;

    /// <summary>A file without any relation to a generator. The versions differ in one method.</summary>
    public static string Unrelated(int version) =>
        $$"""
        namespace Demo;

        public sealed class Unrelated
        {
            private int _count;

            public int Version{{version}}() => _count++ + {{version}};
        }
        """;

    /// <summary>A model of ten gradient buffers.</summary>
    public static string Model(int number) => Write(
        "using ClipGen;",
        $"[ClipGradNorm(1.0)]\npublic partial class Model{number}",
        member => $"[Gradient] private readonly float[] _d{member} = new float[{64 + member}];");

    /// <summary>A view model of ten observable properties.</summary>
    public static string ViewModel(int number) => Write(
        "using CommunityToolkit.Mvvm.ComponentModel;",
        $"public partial class ViewModel{number} : ObservableObject",
        member => $"[ObservableProperty] private string _name{member} = \"\";");

    /// <summary>A mapper between two types of ten properties.</summary>
    public static string Mapper(int number) =>
        Write(
            "using Riok.Mapperly.Abstractions;",
            $"public sealed class Source{number}",
            member => $"public string Name{member} {{ get; set; }} = \"\";")
        + Body($"public sealed class Target{number}", member => $"public string Name{member} {{ get; set; }} = \"\";")
        + $"[Mapper]\npublic partial class Mapper{number}\n{{\n    public partial Target{number} Map(Source{number} source);\n}}\n";

    private static string Write(string usings, string declaration, Func<int, string> writeMember) =>
        $"{usings}\n\nnamespace Demo;\n\n" + Body(declaration, writeMember);

    private static string Body(string declaration, Func<int, string> writeMember)
    {
        var text = new StringBuilder(declaration).Append("\n{\n");
        for (int member = 0; member < Members; member++) text.Append("    ").Append(writeMember(member)).Append('\n');

        return text.Append("}\n\n").ToString();
    }
}

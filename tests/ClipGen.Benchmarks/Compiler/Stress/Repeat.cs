using System.Text;

namespace ClipGen.Benchmarks.Compiler.Stress;

/// <summary>Writes the same text many times.</summary>
internal static class Repeat
{
    /// <summary>The text for 0, 1, …, one a line.</summary>
    public static string Lines(int count, Func<int, string> write)
    {
        var text = new StringBuilder();
        for (int number = 0; number < count; number++) text.Append(write(number)).Append('\n');

        return text.ToString();
    }

    /// <summary>Something inside itself: <paramref name="before"/> many times, the middle, and <paramref name="after"/> as often.</summary>
    public static string Nested(int depth, Func<int, string> before, string middle, string after)
    {
        var text = new StringBuilder();
        for (int number = 0; number < depth; number++) text.Append(before(number));

        text.Append(middle);
        for (int number = 0; number < depth; number++) text.Append(after);

        return text.ToString();
    }
}

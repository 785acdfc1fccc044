using System.Text;

namespace ClipGen.Benchmarks.Compiler.Stress;

/// <summary>Writes the same text many times.</summary>
internal static class Repeat
{
    /// <summary>Returns the text for 0, 1, …, one on each line.</summary>
    public static string Lines(int count, Func<int, string> write)
    {
        var text = new StringBuilder();
        for (int number = 0; number < count; number++) text.Append(write(number)).Append('\n');

        return text.ToString();
    }

    /// <summary>
    /// Returns nested text: <paramref name="before"/> many times, the middle, and <paramref name="after"/> as many times.
    /// </summary>
    public static string Nested(int depth, Func<int, string> before, string middle, string after)
    {
        var text = new StringBuilder();
        for (int number = 0; number < depth; number++) text.Append(before(number));

        text.Append(middle);
        for (int number = 0; number < depth; number++) text.Append(after);

        return text.ToString();
    }
}

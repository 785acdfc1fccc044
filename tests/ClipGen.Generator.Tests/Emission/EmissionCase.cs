using System.Text;

namespace ClipGen.Generator.Tests.Emission;

/// <summary>
/// A program that compiles without the generator. With the generator, it must compile without a warning. Where a diagnostic is marked
/// (<c>{|CLIP003:Gradient|}</c>), that diagnostic must be reported, and the type must get no code.
/// </summary>
/// <param name="Shows">A description of the program.</param>
/// <param name="Marked">The source, with marked diagnostics.</param>
internal sealed record EmissionCase(string Shows, string Marked)
{
    private const string Usings =
        """
        using System;
        using System.Collections;
        using System.Collections.Generic;
        using System.Diagnostics.CodeAnalysis;
        using ClipGen;

        """;

    /// <summary>True for a program that cannot have the usual using directives.</summary>
    public bool IsBare { get; init; }

    /// <summary>Errors that the program has without the generator. The generator must not add others.</summary>
    public string[] OwnErrors { get; init; } = [];

    /// <summary>Returns the source and the marked diagnostics, in the order of their positions.</summary>
    public (string Source, IReadOnlyList<(string Id, int Start, int Length)> Expected) Read()
    {
        string marked = IsBare ? Marked : Usings + Marked;
        var source = new StringBuilder();
        var expected = new List<(string, int, int)>();
        for (int i = 0; i < marked.Length; i++)
        {
            if (marked[i] != '{' || marked[i + 1] != '|')
            {
                source.Append(marked[i]);
                continue;
            }

            int colon = marked.IndexOf(':', i);
            int end = marked.IndexOf("|}", colon, StringComparison.Ordinal);
            expected.Add((marked[(i + 2)..colon], source.Length, end - colon - 1));
            source.Append(marked, colon + 1, end - colon - 1);
            i = end + 1;
        }

        return (source.ToString(), expected);
    }
}

using System.Text;

namespace ClipGen.Generator.Tests.Emission;

/// <summary>
/// A program that compiles without the generator, and what is expected with it: code that compiles without a warning, or, where a
/// diagnostic is marked (<c>{|CLIP003:Gradient|}</c>), that diagnostic and no code for the type.
/// </summary>
/// <param name="Shows">What the program shows.</param>
/// <param name="Marked">Its source.</param>
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

    /// <summary>Without the usual using directives, which some programs cannot have.</summary>
    public bool IsBare { get; init; }

    /// <summary>Errors of the compiler's that the program has of its own: the generator must hold its tongue all the same.</summary>
    public string[] OwnErrors { get; init; } = [];

    /// <summary>The source and the marked diagnostics, by their place in it.</summary>
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

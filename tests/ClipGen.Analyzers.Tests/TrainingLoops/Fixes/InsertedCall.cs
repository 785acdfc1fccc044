using ClipGen.Analyzers.TrainingLoops;
using ClipGen.CodeFixes.TrainingLoops;

namespace ClipGen.Analyzers.Tests.TrainingLoops.Fixes;

/// <summary>
/// Verifies the fix of CLIP101 where it inserts one call. A line with <c>↓</c> in the source marks the place of the call.
/// </summary>
internal static class InsertedCall
{
    public const string Usings = """
        using System;
        using System.Collections.Generic;
        using ClipGen;


        """;

    public static Task VerifyAsync(string source, string call) => VerifyAsync(Usings, source, call);

    public static Task VerifyAsync(string usings, string source, string call)
    {
        (string before, string after) = Insert(usings + source, call);
        return FixTest<TrainingLoopAnalyzer, InsertClipCodeFix>.VerifyAsync(before, after);
    }

    /// <summary>Verifies a change that is more than a call on a separate line.</summary>
    public static Task VerifyFixAsync(string source, string @fixed) =>
        FixTest<TrainingLoopAnalyzer, InsertClipCodeFix>.VerifyAsync(Usings + source, Usings + @fixed);

    public static Task VerifyNoFixAsync(string source) =>
        FixTest<TrainingLoopAnalyzer, InsertClipCodeFix>.VerifyNoFixAsync(Usings + source);

    /// <summary>The source without the marker, and the source with the call in the place of the marker.</summary>
    public static (string Before, string After) Insert(string source, string call)
    {
        string before = string.Join('\n', source.Split('\n').Where(line => line.Trim() != "↓"));
        string after = source
            .Replace("↓", call, StringComparison.Ordinal)
            .Replace("{|CLIP101:", "", StringComparison.Ordinal)
            .Replace("|}", "", StringComparison.Ordinal);
        return (before, after);
    }
}

using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>Diagnostics without duplicates. Several paths can reach one place, and each rule reports it once.</summary>
internal sealed class FindingList
{
    private readonly List<Diagnostic> _findings = [];
    private readonly HashSet<(string, Location)> _known = [];

    public void Add(Diagnostic? finding)
    {
        if (finding is not null && _known.Add((finding.Id, finding.Location)))
            _findings.Add(finding);
    }

    public ImmutableArray<Diagnostic> ToImmutable() => _findings.ToImmutableArray();
}

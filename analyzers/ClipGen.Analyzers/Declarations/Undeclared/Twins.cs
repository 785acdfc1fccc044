using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Declarations.Undeclared;

/// <summary>Finds the parameter of a gradient by the gradient's name.</summary>
internal sealed class Twins
{
    private readonly Dictionary<string, List<ISymbol>> _byName = new(StringComparer.Ordinal);
    private readonly ISymbol[] _candidates;
    private readonly Func<ISymbol, bool> _isMarked;
    private readonly StateEvidence _state;
    private readonly Compilation _compilation;
    private readonly CancellationToken _cancellation;

    /// <summary>Prepares the search.</summary>
    /// <param name="candidates">The members of the type, inherited ones included.</param>
    /// <param name="isMarked">Tells whether an attribute marks a member as a parameter.</param>
    /// <param name="state">Distinguishes activations from parameters.</param>
    /// <param name="compilation">The compilation.</param>
    /// <param name="cancellation">Cancels the search.</param>
    public Twins(
        IEnumerable<ISymbol> candidates,
        Func<ISymbol, bool> isMarked,
        StateEvidence state,
        Compilation compilation,
        CancellationToken cancellation)
    {
        _candidates = [.. candidates];
        _isMarked = isMarked;
        _state = state;
        _compilation = compilation;
        _cancellation = cancellation;
        foreach (ISymbol candidate in _candidates)
        {
            foreach (string key in GradientName.KeysOf(candidate.Name).Distinct(StringComparer.Ordinal))
            {
                if (!_byName.TryGetValue(key, out List<ISymbol>? members))
                {
                    _byName.Add(key, members = []);
                }

                members.Add(candidate);
            }
        }
    }

    /// <summary>The parameter whose name matches best, or null.</summary>
    public ISymbol? Find(ISymbol gradient, GradientName name)
    {
        ISymbol? best = null;
        int bestFit = 0;
        IEnumerable<ISymbol> candidates = name.Keys.Distinct(StringComparer.Ordinal)
            .SelectMany(key => _byName.TryGetValue(key, out List<ISymbol>? members) ? members : []);
        foreach (ISymbol candidate in candidates)
        {
            int fit = name.Fit(candidate.Name);
            bool isOther = !SymbolEqualityComparer.Default.Equals(candidate, gradient);
            if (fit > bestFit && isOther && Fits(candidate, gradient) && IsParameterOf(candidate, gradient))
            {
                best = candidate;
                bestFit = fit;
            }
        }

        return best;
    }

    /// <summary>The members of the type of a gradient that may hold the values.</summary>
    public IEnumerable<ISymbol> OfTypeOf(ISymbol gradient) =>
        _candidates.Where(candidate => !SymbolEqualityComparer.Default.Equals(candidate, gradient) && Fits(candidate, gradient));

    private bool IsParameterOf(ISymbol candidate, ISymbol gradient) =>
        _isMarked(candidate)
        || (IsNamedAsParameter(candidate) && !_state.IsComputedForward(candidate))
        || _state.IsStepped(candidate, gradient.Name);

    private bool IsNamedAsParameter(ISymbol candidate) =>
        (ParameterName.IsParameter(candidate.Name) && !IsMoment(candidate))
        || ParameterName.IsRecurrent(candidate.Name, weight => IsThere(weight, candidate));

    /// <summary>weightsM beside weightsV and weights: the moments of an optimizer.</summary>
    private bool IsMoment(ISymbol candidate)
    {
        IReadOnlyList<string> words = IdentifierWords.Of(candidate.Name);
        string plain = string.Concat(words.Take(words.Count - 1));
        return words.Count > 1
            && words[words.Count - 1] is "m" or "v"
            && IsThere(plain, candidate)
            && IsThere(plain + "m", candidate)
            && IsThere(plain + "v", candidate);
    }

    private bool IsThere(string name, ISymbol ofTypeOf) =>
        _byName.TryGetValue(name, out List<ISymbol>? members)
            && members.Any(other => string.Concat(IdentifierWords.Of(other.Name)) == name && Fits(other, ofTypeOf));

    private bool Fits(ISymbol parameter, ISymbol gradient) =>
        SymbolEqualityComparer.Default.Equals(MemberSymbols.TypeOf(parameter), MemberSymbols.TypeOf(gradient))
        && VisibleLength.Differ(parameter, gradient, _compilation, _cancellation) is null;
}

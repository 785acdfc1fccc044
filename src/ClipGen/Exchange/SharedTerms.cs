using System.Globalization;
using ClipGen.Numerics;

namespace ClipGen.Exchange;

/// <summary>
/// The settings that must be the same in all processes. Every call compares their hashes. If these differ, the settings are compared as
/// text, so that the message names the one that differs.
/// </summary>
internal sealed class SharedTerms
{
    private readonly List<(ulong Code, string Text)>? _listed;
    private Fingerprint _fingerprint = new();
    private string _subject = "";
    private string? _group;

    private SharedTerms(bool isListed) => _listed = isListed ? [] : null;

    /// <summary>The hash of all settings.</summary>
    internal ulong Fingerprint => _fingerprint.Value;

    /// <summary>Reads the settings of a call.</summary>
    /// <param name="rules">The limits, with their states.</param>
    /// <param name="scaler">The loss scale, or null.</param>
    /// <param name="isListed">Whether to keep the settings as text, for a comparison.</param>
    internal static SharedTerms Of(ReadOnlySpan<ClipRule> rules, LossScaler? scaler, bool isListed = false)
    {
        var terms = new SharedTerms(isListed);
        terms.Begin(nameof(LossScaler));
        terms.Add(nameof(LossScaler.Scale), scaler?.Scale ?? 0);
        terms.Add(nameof(LossScaler.GrowthInterval), scaler?.GrowthInterval ?? 0);
        terms.Add(nameof(LossScaler.GoodSteps), scaler?.GoodSteps ?? 0);
        foreach (ref readonly ClipRule rule in rules)
            rule.AddTo(terms);
        return terms;
    }

    /// <summary>
    /// Describes the first setting that differs between two processes; null if none does. All processes must call it together.
    /// </summary>
    internal string? Difference(IGradientExchange exchange)
    {
        List<(ulong Code, string Text)> terms = _listed!;
        return FirstDifference.Describe(
            exchange, [.. terms.Select(term => term.Code)], i => i < terms.Count ? terms[i].Text : "no further setting");
    }

    /// <summary>Starts the settings of a limit.</summary>
    internal void BeginLimit(string kind, string? group)
    {
        Begin(kind);
        _group = group ?? "";
        Hash(_group);
    }

    /// <summary>Starts the settings of another object.</summary>
    internal void Begin(string subject)
    {
        _subject = subject;
        _group = null;
        Hash(subject);
    }

    /// <summary>Adds a number.</summary>
    internal void Add(string name, double number)
    {
        _fingerprint.Add(number);
        if (_listed is not null)
            List(name, number.ToString("R", CultureInfo.InvariantCulture));
    }

    /// <summary>Adds a word.</summary>
    internal void Add(string name, string word)
    {
        Hash(word);
        if (_listed is not null)
            List(name, word);
    }

    private void Hash(string text)
    {
        _fingerprint.Add((ulong)text.Length);
        foreach (char letter in text)
            _fingerprint.Add(letter);
    }

    private void List(string name, string value)
    {
        string subject = _group is null ? _subject : _group.Length == 0 ? $"[{_subject}]" : $"[{_subject}(Group = \"{_group}\")]";
        string text = $"{subject} {name} = {value}";
        var code = new Fingerprint();
        foreach (char letter in text)
            code.Add(letter);
        _listed!.Add((code.Value, text));
    }
}

using ClipGen.Numerics;

namespace ClipGen.Tests.Limits;

/// <summary>Clips any source by rules, with a state for these rules.</summary>
internal sealed class LimitRun
{
    private readonly ClipRule[] _rules;

    private LimitRun(ClipRule[] rules)
    {
        _rules = rules;
        State = new ClipState(rules);
    }

    internal ClipState State { get; }

    internal static LimitRun Of(params ClipRule[] rules) => new(rules);

    internal ClipResult Clip<TSource>(TSource source)
        where TSource : IGradientSource => AdaptiveGradients.Clip(source, _rules, State);

    internal ClipResult Clip<TSource>(TSource source, ClipReport report)
        where TSource : IGradientSource => AdaptiveGradients.Clip(source, _rules, State, report);
}

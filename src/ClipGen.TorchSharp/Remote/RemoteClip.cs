using ClipGen.Numerics;
using ClipGen.Numerics.Norms;
using ClipGen.Torch.Gathering;
using TorchSharp;

namespace ClipGen.Torch.Remote;

/// <summary>
/// Clips gradients some of which are on other devices. Surrogates represent these in the computation: the norm n of a vector contributes to
/// a larger norm as a single element n does. The change of a surrogate is then made to its gradient, on its device. All surrogates of a
/// clip are copied to the CPU together.
/// </summary>
internal sealed class RemoteClip
{
    // Smaller L2 norms may lack elements whose squares are too small for a float. Devices that flush subnormal numbers to zero lose at most
    // 1.2e-38 for each element, which is 1.2e-8 of the square for 1e10 elements.
    private const double LeastNorm = 1e-10;

    // Norms below LeastNorm do not exceed limits above this one, whatever elements they lack.
    private const double LeastLimit = 1e-8;

    private readonly GradientBatch _batch;
    private readonly ClipRule[] _rules;
    private readonly List<Gradient> _gradients = [];

    // Whether one surrogate represents all gradients.
    private readonly bool _isOne;

    // The order of TotalNorm, and whether the surrogates of the rules cannot be used for it.
    private readonly double _totalOrder;
    private readonly bool _measuresTotal;

    private RemoteClip(GradientBatch batch, ReadOnlySpan<ClipRule> rules)
    {
        _batch = batch;
        _rules = rules.ToArray();
        _isOne = _rules is [{ Group: null, ByValue: false, Scope: ClipScope.Global }];
        _totalOrder = BufferNorms.TotalOrder(rules, out bool isCommon);
        _measuresTotal = !isCommon || Array.Exists(_rules, rule => rule.ByValue);
        for (int i = 0; i < batch.Records.Length; i++)
        {
            ref GradientRecord record = ref batch.Records[i];
            if (record.Kind == GradientKind.Remote && record.Length > 0)
                _gradients.Add(new Gradient(i, RuleOf(_rules, record)));
        }
    }

    /// <summary>
    /// Clips, if the norms that devices compute in the precision of the gradients can be used. If a norm is not finite or too small,
    /// nothing is done.
    /// </summary>
    internal static bool TryClip(GradientBatch batch, ReadOnlySpan<ClipRule> rules, bool isForStep, out ClipResult result)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        var clip = new RemoteClip(batch, rules);
        if (!clip.TryMeasure())
        {
            result = default;
            return false;
        }

        result = clip.Clip(isForStep);
        return true;
    }

    /// <summary>The rule that covers a gradient: the one for its group, else the one for no group; −1 if there is none.</summary>
    internal static int RuleOf(ReadOnlySpan<ClipRule> rules, in GradientRecord record)
    {
        int rest = -1;
        for (int i = 0; i < rules.Length; i++)
        {
            if (rules[i].Group == record.Group)
                return i;
            if (rules[i].Group is null)
                rest = i;
        }

        // The only rule without a group covers all gradients.
        return rest;
    }

    private bool TryMeasure()
    {
        var norms = new RemoteNorms();
        if (_isOne)
        {
            torch.Tensor[] all = [.. _gradients.Select(ElementsOf)];
            if (!Array.TrueForAll(all, tensor => RemoteNorms.CanCompute(tensor, _totalOrder)))
                return false;
            int request = norms.Add(all, _totalOrder);
            norms.Fetch();
            for (int i = 0; i < _gradients.Count; i++)
                _gradients[i].Own = i == 0 ? norms[request] : 0;
            return IsUsable(norms[request], _totalOrder) && CanScale(norms[request], _rules[0]);
        }

        var requests = new List<(int Own, int Total)>();
        foreach (Gradient gradient in _gradients)
        {
            if (gradient.Rule < 0)
            {
                requests.Add((-1, -1));
                continue;
            }

            torch.Tensor elements = ElementsOf(gradient);
            double order = OwnOrder(_rules[gradient.Rule]);
            if (!RemoteNorms.CanCompute(elements, order) || !RemoteNorms.CanCompute(elements, _totalOrder))
                return false;
            int own = norms.Add([elements], order);
            requests.Add((own, _measuresTotal && order != _totalOrder ? norms.Add([elements], _totalOrder) : own));
        }

        norms.Fetch();
        for (int i = 0; i < _gradients.Count; i++)
        {
            if (_gradients[i].Rule >= 0)
                (_gradients[i].Own, _gradients[i].Total) = (norms[requests[i].Own], norms[requests[i].Total]);
        }

        return AreUsable();
    }

    private bool AreUsable()
    {
        double[] total = [.. _gradients.Where(gradient => gradient.Rule >= 0).Select(gradient => gradient.Total)];
        if (total.Length > 0 && !IsUsable(RemoteNorms.Joined(total, _totalOrder), _totalOrder))
            return false;
        for (int i = 0; i < _rules.Length; i++)
        {
            ref readonly ClipRule rule = ref _rules[i];
            double[] own = [.. _gradients.Where(gradient => gradient.Rule == i).Select(gradient => gradient.Own)];
            if (own.Length == 0 || rule.ByValue)
                continue;
            foreach (double norm in rule.Scope == ClipScope.Global ? [RemoteNorms.Joined(own, rule.NormType)] : own)
            {
                bool isSmall = norm < LeastNorm && rule.Scope == ClipScope.PerParameter && rule.Limit > LeastLimit;
                if (!isSmall && !(IsUsable(norm, rule.NormType) && CanScale(norm, rule)))
                    return false;
            }
        }

        return _gradients.TrueForAll(gradient => double.IsFinite(gradient.Own) && double.IsFinite(gradient.Total));
    }

    private ClipResult Clip(bool isForStep)
    {
        double? total = null;
        if (_measuresTotal)
        {
            // Infinite limits, because only the norm is needed.
            _batch.ClearSurrogates();
            foreach (Gradient gradient in _gradients)
                _batch.AddSurrogate(ref _batch.Records[gradient.Record], gradient.Total);
            ClipRule Without(ClipRule rule) =>
                ClipRule.Norm(double.PositiveInfinity, _totalOrder, nonFinite: NonFinitePolicy.Leave, group: rule.Group);
            total = BatchOperations.ClipVisited(_batch, [.. _rules.Select(Without)]).TotalNorm;
        }

        _batch.ClearSurrogates();
        foreach (Gradient gradient in _gradients)
        {
            ref GradientRecord record = ref _batch.Records[gradient.Record];
            _batch.AddSurrogate(ref record, OwnNumber(gradient, record));
        }

        ClipResult result = BatchOperations.ClipVisited(_batch, _rules, isForStep: isForStep);
        if (!result.IsFinite && result.Scale == 0 && Array.Exists(_rules, rule => rule.NonFinite == NonFinitePolicy.Zero))
        {
            foreach (Gradient gradient in _gradients)
                RemoteGradient.Zero(_batch, ref _batch.Records[gradient.Record]);
        }
        else if (result.Clipped || result.Scale != 1)
        {
            Follow(result);
        }

        return total is { } norm ? result with { TotalNorm = norm } : result;
    }

    // Makes the change of each surrogate to its gradient.
    private void Follow(in ClipResult result)
    {
        foreach (Gradient gradient in _gradients)
        {
            ref GradientRecord record = ref _batch.Records[gradient.Record];
            double before = gradient.Own;
            double after = _batch.Surrogates[record.Surrogate];
            if (gradient.Rule < 0)
                continue;
            ref readonly ClipRule rule = ref _rules[gradient.Rule];
            if (rule.ByValue)
            {
                if (after < OwnNumber(gradient, record))
                    RemoteGradient.Clamp(_batch, ref record, rule.Limit);
                continue;
            }

            double factor = _isOne ? result.Scale
                : rule.Scope == ClipScope.Global ? FactorOf(gradient.Rule)
                : before == 0 ? 1
                : after / before;
            if (factor != 1)
                RemoteGradient.Scale(_batch, ref record, factor);
        }
    }

    // The largest surrogate gives the most precise factor.
    private double FactorOf(int rule)
    {
        Gradient largest = _gradients.Where(gradient => gradient.Rule == rule).MaxBy(gradient => gradient.Own)!;
        return largest.Own == 0 ? 1 : _batch.Surrogates[_batch.Records[largest.Record].Surrogate] / largest.Own;
    }

    // An element does not exceed the limit if it does not exceed the limit rounded to its type.
    private double OwnNumber(Gradient gradient, in GradientRecord record)
    {
        if (gradient.Rule < 0 || !_rules[gradient.Rule].ByValue)
            return gradient.Own;
        double limit = _rules[gradient.Rule].Limit;
        return gradient.Own > limit && gradient.Own <= RemoteGradient.RoundLimit(record.Tensor!.dtype, limit) ? limit : gradient.Own;
    }

    private torch.Tensor ElementsOf(Gradient gradient) => RemoteGradient.Elements(ref _batch.Records[gradient.Record]);

    private static double OwnOrder(in ClipRule rule) => rule.ByValue ? double.PositiveInfinity : rule.NormType;

    /// <summary>Whether the norm that a device has computed can be used.</summary>
    internal static bool IsUsable(double norm, double order) =>
        double.IsFinite(norm) && (order == 1 || double.IsPositiveInfinity(order) || norm >= (order == 2 ? LeastNorm : 1e-30));

    // Whether a factor that double can represent scales the norm to the limit.
    private static bool CanScale(double norm, in ClipRule rule) =>
        !new ScaledNorm(1, norm).Exceeds(rule.Limit, rule.Epsilon) || double.IsNormal(rule.Limit / (norm + rule.Epsilon));

    private sealed class Gradient(int record, int rule)
    {
        internal int Record { get; } = record;

        internal int Rule { get; } = rule;

        /// <summary>The norm for its rule; when clipping by value, the largest magnitude.</summary>
        internal double Own { get; set; }

        /// <summary>The norm that enters the total norm.</summary>
        internal double Total { get; set; }
    }
}

namespace ClipGen.Generator.Tests.Fuzzing;

/// <summary>One limit, as the oracle reads it from an attribute.</summary>
internal sealed record OracleRule(
    bool ByValue, double Limit, double NormType, bool PerParameter, NonFinitePolicy NonFinite, double Epsilon, string? Group);

/// <summary>The expected result of clipping.</summary>
internal sealed class ExpectedClip
{
    public double TotalNorm { get; set; }

    public double Scale { get; set; } = 1;

    public bool Clipped { get; set; }

    /// <summary>The path of the first gradient that is not finite.</summary>
    public string? NonFiniteGradient { get; set; }

    /// <summary>The gradient and the index that the exception names, if one is thrown.</summary>
    public (string Path, int Index)? Thrown { get; set; }

    /// <summary>The expected report of each buffer: its norm, its limit and its factor.</summary>
    public Dictionary<FoundBuffer, (double Norm, double Limit, double Factor)> Reported { get; } = [];

    /// <summary>True if a norm is so close to its limit that rounding decides.</summary>
    public bool IsUndecided { get; set; }

    /// <summary>The elements of every buffer after clipping.</summary>
    public required Dictionary<Array, double[]> Elements { get; init; }
}

/// <summary>Clips in <see cref="double"/> with simple loops.</summary>
internal static class ClippingOracle
{
    /// <summary>Returns the limits of the most derived type of the model that declares a limit.</summary>
    public static OracleRule[] Rules(Type model)
    {
        foreach (Type type in ModelFiller.Lineage(model).Reverse())
        {
            OracleRule[] rules =
            [
                .. Read(type.GetCustomAttributes(inherit: false).OfType<Attribute>(), null),
                .. GradientOracle.Members(type)
                    .SelectMany(member => Read(member.Attributes, GradientOracle.MemberGroup(type, member.Name))),
            ];
            if (rules.Length > 0)
            {
                return rules;
            }
        }

        return [];
    }

    /// <summary>Returns the buffers without those that an earlier buffer covers. Returns null if two buffers overlap in part.</summary>
    public static List<FoundBuffer>? Untie(List<FoundBuffer> found)
    {
        var kept = new List<FoundBuffer>();
        foreach (FoundBuffer later in found)
        {
            bool isTied = false;
            foreach (FoundBuffer earlier in kept.Where(earlier => earlier.Array == later.Array))
            {
                bool apart = later.Start >= earlier.Start + earlier.Length || earlier.Start >= later.Start + later.Length;
                if (apart)
                {
                    continue;
                }

                if (later.Start < earlier.Start || later.Start + later.Length > earlier.Start + earlier.Length)
                {
                    return null;
                }

                isTied = true;
            }

            if (!isTied)
            {
                kept.Add(later);
            }
        }

        return kept;
    }

    public static double Norm(IEnumerable<FoundBuffer> buffers, double order, Dictionary<Array, double[]> elements)
    {
        IEnumerable<double> magnitudes = buffers.SelectMany(buffer => elements[buffer.Array].Skip(buffer.Start).Take(buffer.Length))
            .Select(Math.Abs);
        double largest = 0;
        foreach (double magnitude in magnitudes)
        {
            largest = Math.Max(largest, magnitude);
        }

        if (largest == 0 || !double.IsFinite(largest) || double.IsPositiveInfinity(order))
        {
            return largest;
        }

        double sum = 0;
        foreach (double magnitude in magnitudes)
        {
            sum += Math.Pow(magnitude / largest, order);
        }

        return largest * Math.Pow(sum, 1 / order);
    }

    /// <summary>
    /// The order of <c>GradientNorm</c> and of the total norm: the common order of all limits, or else the order of the limit for all
    /// gradients.
    /// </summary>
    public static double TotalOrder(OracleRule[] rules) => rules.Select(Order).Distinct().Count() == 1
        ? Order(rules[0])
        : rules.FirstOrDefault(rule => rule.Group is null) is { } rest ? Order(rest) : 2;

    public static ExpectedClip Clip(List<FoundBuffer> buffers, OracleRule[] rules, Dictionary<Array, double[]> before)
    {
        var expected = new ExpectedClip { Elements = before.ToDictionary(pair => pair.Key, pair => (double[])pair.Value.Clone()) };
        double totalOrder = TotalOrder(rules);
        rules = WithRest(rules, totalOrder);
        var ruled = buffers.Select(buffer => (Buffer: buffer, Rule: RuleOf(buffer, rules))).ToList();
        expected.TotalNorm = Norm(buffers, totalOrder, before);
        foreach ((FoundBuffer buffer, OracleRule rule) in ruled)
        {
            double order = rule.ByValue ? double.PositiveInfinity : rule.NormType;
            expected.Reported[buffer] = (Norm([buffer], order, before), rule.Limit, 1);
        }

        bool zeroes = false;
        foreach ((FoundBuffer buffer, OracleRule rule) in ruled)
        {
            if (FirstNonFinite(buffer, before, infinityToo: true) >= 0)
            {
                expected.NonFiniteGradient ??= buffer.Path;
            }

            int offending = FirstNonFinite(buffer, before, infinityToo: !rule.ByValue || double.IsPositiveInfinity(rule.Limit));
            if (offending >= 0 && rule.NonFinite == NonFinitePolicy.Throw)
            {
                expected.Thrown ??= (buffer.Path, offending);
            }

            zeroes |= offending >= 0 && rule.NonFinite == NonFinitePolicy.Zero;
        }

        if (expected.Thrown is not null)
        {
            return expected;
        }

        if (zeroes)
        {
            expected.Scale = 0;
            foreach (FoundBuffer buffer in buffers)
            {
                Change(expected, buffer, _ => 0);
                expected.Reported[buffer] = expected.Reported[buffer] with { Factor = 0 };
            }

            return expected;
        }

        foreach (OracleRule rule in rules)
        {
            FoundBuffer[] own = [.. ruled.Where(pair => pair.Rule == rule).Select(pair => pair.Buffer)];
            if (rule.ByValue)
            {
                Clamp(expected, own, rule.Limit);
            }
            else if (rule.NonFinite != NonFinitePolicy.Leave || own.All(buffer => FirstNonFinite(buffer, before, infinityToo: true) < 0))
            {
                foreach (FoundBuffer[] together in rule.PerParameter ? own.Select(buffer => new[] { buffer }) : [own])
                {
                    Scale(expected, together, rule, before);
                }
            }
        }

        return expected;
    }

    /// <summary>Returns the state after every buffer is multiplied by <paramref name="factor"/>.</summary>
    public static ExpectedClip Scaled(List<FoundBuffer> buffers, double factor, Dictionary<Array, double[]> before)
    {
        var expected = new ExpectedClip { Elements = before.ToDictionary(pair => pair.Key, pair => (double[])pair.Value.Clone()) };
        foreach (FoundBuffer buffer in buffers)
        {
            Change(expected, buffer, value => value * factor);
        }

        return expected;
    }

    private static double Order(OracleRule rule) => rule.ByValue ? 2 : rule.NormType;

    private static OracleRule RuleOf(FoundBuffer buffer, OracleRule[] rules) =>
        rules.FirstOrDefault(rule => rule.Group is not null && rule.Group == buffer.Group) ?? rules.First(rule => rule.Group is null);

    /// <summary>
    /// Adds a rule that changes nothing, for the gradients without a limit. Its policy is the common policy of all limits, or else to
    /// throw.
    /// </summary>
    private static OracleRule[] WithRest(OracleRule[] rules, double totalOrder)
    {
        NonFinitePolicy[] policies = [.. rules.Select(rule => rule.NonFinite).Distinct()];
        NonFinitePolicy policy = policies.Length == 1 ? policies[0] : NonFinitePolicy.Throw;
        var rest = new OracleRule(false, double.PositiveInfinity, totalOrder, false, policy, 0, null);
        return rules.Any(rule => rule.Group is null) ? rules : [.. rules, rest];
    }

    private static void Scale(ExpectedClip expected, FoundBuffer[] buffers, OracleRule rule, Dictionary<Array, double[]> before)
    {
        double own = Norm(buffers, rule.NormType, before);
        double norm = own + rule.Epsilon;
        if (Math.Abs(norm - rule.Limit) < 1e-4 * rule.Limit && double.IsFinite(norm))
        {
            expected.IsUndecided = true;
        }

        // A NaN norm exceeds every limit except an infinite one. A norm of 0 exceeds no limit.
        if (double.IsPositiveInfinity(rule.Limit) || own == 0 || norm <= rule.Limit)
        {
            return;
        }

        double factor = rule.Limit / norm;
        expected.Scale = Math.Min(expected.Scale, factor);
        expected.Clipped |= !double.IsNaN(factor);
        foreach (FoundBuffer buffer in buffers)
        {
            Change(expected, buffer, value => value * factor);
            expected.Reported[buffer] = expected.Reported[buffer] with { Factor = factor };
        }
    }

    private static void Clamp(ExpectedClip expected, FoundBuffer[] buffers, double limit)
    {
        foreach (FoundBuffer buffer in buffers)
        {
            Type element = buffer.Array.GetType().GetElementType()!;
            double largest = element == typeof(float) ? float.MaxValue : element == typeof(Half) ? (double)Half.MaxValue : double.MaxValue;
            double rounded = double.IsPositiveInfinity(limit)
                ? limit
                : Convert.ToDouble(Value(new BufferElements(buffer.Array).Round(Math.Min(limit, largest))));
            Change(expected, buffer, value => double.IsNaN(value) ? value : Math.Clamp(value, -rounded, rounded),
                changed: () => expected.Clipped = true);
        }

        static object Value(object rounded) => rounded is Half half ? (double)half : rounded;
    }

    private static void Change(ExpectedClip expected, FoundBuffer buffer, Func<double, double> change, Action? changed = null)
    {
        double[] elements = expected.Elements[buffer.Array];
        for (int i = buffer.Start; i < buffer.Start + buffer.Length; i++)
        {
            double value = change(elements[i]);
            if (!value.Equals(elements[i]))
            {
                changed?.Invoke();
            }

            elements[i] = value;
        }
    }

    public static int FirstNonFinite(FoundBuffer buffer, Dictionary<Array, double[]> elements, bool infinityToo) =>
        Array.FindIndex(
            elements[buffer.Array].AsSpan(buffer.Start, buffer.Length).ToArray(),
            value => infinityToo ? !double.IsFinite(value) : double.IsNaN(value));

    private static IEnumerable<OracleRule> Read(IEnumerable<Attribute> attributes, string? member) =>
        attributes.Select(attribute => attribute switch
        {
            ClipGradNormAttribute norm => new OracleRule(
                false, norm.MaxNorm, norm.NormType, norm.Scope == ClipScope.PerParameter, norm.NonFinite, norm.Epsilon,
                member ?? norm.Group),
            ClipGradValueAttribute value => new OracleRule(true, value.ClipValue, 2, false, value.NonFinite, 0, member ?? value.Group),
            _ => null,
        }).OfType<OracleRule>();
}

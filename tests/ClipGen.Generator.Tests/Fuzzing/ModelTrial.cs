using System.Globalization;

namespace ClipGen.Generator.Tests.Fuzzing;

/// <summary>Runs every generated member of one random model and compares the results with the oracle.</summary>
internal sealed class ModelTrial
{
    private readonly Random _random;
    private readonly object _model;
    private readonly ModelFiller _filler;
    private readonly List<FoundBuffer> _found;
    private readonly List<FoundBuffer>? _counted;
    private readonly OracleRule[] _rules;
    private readonly Dictionary<Array, double[]> _before;

    private ModelTrial(Type model, IEnumerable<Type> types, int seed)
    {
        _random = new Random(seed);
        _filler = new ModelFiller(_random, types);
        _model = _filler.Create(model);
        _found = GradientOracle.Find(_model);
        _counted = ClippingOracle.Untie(_found);
        _rules = ClippingOracle.Rules(_model.GetType());
        _before = Elements();
    }

    // One report for all clips of the model, as in a training loop.
    private readonly ClipReport _report = new();

    private delegate int NormsReader(Span<double> norms);

    /// <summary>Returns the number of compared buffers. Throws <see cref="MismatchException"/> on the first difference.</summary>
    public static int Run(Type model, IEnumerable<Type> types, int seed) => new ModelTrial(model, types, seed).Run();

    private int Run()
    {
        Require(_rules.Length > 0, "Limits: the model declares none");
        Require(_model is IClippable, "Nothing was generated for the model");
        if (_counted is null)
        {
            RefusesOverlaps();
            return 0;
        }

        NamesAndNorms(_counted);
        Clips("ClipGradients()", _rules, () => ((IClippable)_model).ClipGradients());
        double limit = Math.Pow(10, (4 * _random.NextDouble()) - 2);
        bool hasRest = _rules.Any(rule => rule.Group is null);
        OracleRule[] replaced = [.. _rules.Select(rule => hasRest && rule.Group is not null ? rule : rule with { Limit = limit })];
        Func<double, ClipResult> clipTo = Method<Func<double, ClipResult>>("ClipGradients", typeof(double));
        Clips(Text($"ClipGradients({limit:R})"), replaced, () => clipTo(limit));
        Refuses<ArgumentOutOfRangeException>("ClipGradients(0)", () => clipTo(0));
        Func<ClipReport, ClipResult> report = Method<Func<ClipReport, ClipResult>>("ClipGradients", typeof(ClipReport));
        Clips("ClipGradients(report)", _rules, () => report(_report), reports: true);

        double factor = (8 * _random.NextDouble()) - 4;
        Method<Action<double>>("ScaleGradients", typeof(double))(factor);
        Compare(Text($"ScaleGradients({factor:R})"), ClippingOracle.Scaled(_counted, factor, _before));
        Restore(_before);

        if (_counted.Count > 0)
        {
            Dictionary<Array, double[]> faulty = InjectFaults(_counted);
            Clips("ClipGradients() with NaN or ∞", _rules, () => ((IClippable)_model).ClipGradients(), faulty);
            Clips("ClipGradients(report) with NaN or ∞", _rules, () => report(_report), faulty, reports: true);
            Restore(_before);
        }

        Method<Action>("ZeroGradients")();
        Compare("ZeroGradients()", ClippingOracle.Scaled(_counted, 0, _before));
        return _counted.Count;
    }

    private void NamesAndNorms(List<FoundBuffer> counted)
    {
        IReadOnlyList<string> names = Method<Func<IReadOnlyList<string>>>("GetGradientNames")();
        Require(names.SequenceEqual(counted.Select(buffer => buffer.Path)), $"GetGradientNames(): [{string.Join(", ", names)}]");

        double order = ClippingOracle.TotalOrder(_rules);
        RequireNear("GradientNorm()", ClippingOracle.Norm(counted, order, _before), Method<Func<double>>("GradientNorm")());

        double[] norms = new double[counted.Count + 1];
        NormsReader read = Method<NormsReader>("GetGradientNorms", typeof(Span<double>));
        Require(read(norms) == counted.Count, "GetGradientNorms() wrote another number of norms");
        for (int i = 0; i < counted.Count; i++)
        {
            RequireNear($"norm of {counted[i].Path}", ClippingOracle.Norm([counted[i]], order, _before), norms[i]);
        }

        if (counted.Count > 0)
        {
            Refuses<ArgumentException>("GetGradientNorms() with too little room", () => read(new double[counted.Count - 1]));
        }

        Compare("reading norms and names", ClippingOracle.Scaled(counted, 1, _before));
    }

    private void Clips(
        string what, OracleRule[] rules, Func<ClipResult> clip, Dictionary<Array, double[]>? before = null, bool reports = false)
    {
        ExpectedClip expected = ClippingOracle.Clip(_counted!, rules, before ?? _before);
        if (expected.IsUndecided)
        {
            return;
        }

        try
        {
            ClipResult result = clip();
            Require(expected.Thrown is null, $"{what} threw nothing for the fault at {expected.Thrown?.Path}");
            RequireNear(what + ".TotalNorm", expected.TotalNorm, result.TotalNorm);
            RequireNear(what + ".Scale", expected.Scale, result.Scale);
            Require(expected.Clipped == result.Clipped, $"{what}.Clipped is {result.Clipped}");
            Require(
                expected.NonFiniteGradient == result.NonFiniteGradient,
                $"{what}.NonFiniteGradient is {result.NonFiniteGradient ?? "null"}, not {expected.NonFiniteGradient ?? "null"}");
        }
        catch (NonFiniteGradientException exception)
        {
            Require(
                expected.Thrown == (exception.GradientName, (int)exception.Index),
                $"{what} threw for {exception.GradientName} at {exception.Index}, expected {expected.Thrown?.ToString() ?? "nothing"}");
        }

        Compare(what, expected);
        if (reports)
        {
            CompareReport(what, expected);
        }

        Restore(before ?? _before);
    }

    private void CompareReport(string what, ExpectedClip expected)
    {
        Require(
            _report.Gradients.Select(gradient => gradient.Name).SequenceEqual(_counted!.Select(buffer => buffer.Path)),
            $"{what} named other gradients");
        for (int i = 0; i < _counted!.Count; i++)
        {
            (double norm, double limit, double factor) = expected.Reported[_counted[i]];
            GradientResult actual = _report.Gradients[i];
            RequireNear($"{what}: norm of {actual.Name}", norm, actual.Norm);
            RequireNear($"{what}: limit of {actual.Name}", limit, actual.Limit);
            RequireNear($"{what}: factor of {actual.Name}", factor, actual.Factor);
            double own = actual.LimitIndex < 0 ? double.PositiveInfinity : _report.Limits[actual.LimitIndex].Limit;
            Require(own == actual.Limit, $"{what}: another limit for {actual.Name}");
        }
    }

    private Dictionary<Array, double[]> InjectFaults(List<FoundBuffer> counted)
    {
        for (int i = _random.Next(1, 3); i > 0; i--)
        {
            FoundBuffer buffer = counted[_random.Next(counted.Count)];
            var elements = new BufferElements(buffer.Array);
            elements[buffer.Start + _random.Next(buffer.Length)] = _random.Next(3) switch
            {
                0 => double.NaN,
                1 => double.PositiveInfinity,
                _ => double.NegativeInfinity
            };
        }

        return Elements();
    }

    private void RefusesOverlaps()
    {
        Refuses<InvalidOperationException>("ClipGradients() over buffers that overlap in part", () => ((IClippable)_model).ClipGradients());
        Refuses<InvalidOperationException>("GradientNorm() over buffers that overlap in part",
            () => Method<Func<double>>("GradientNorm")());
        Refuses<InvalidOperationException>("ScaleGradients() over buffers that overlap in part",
            () => Method<Action<double>>("ScaleGradients", typeof(double))(2));
        Compare("refusing buffers that overlap in part", ClippingOracle.Scaled([], 1, _before));
    }

    private TDelegate Method<TDelegate>(string name, params Type[] parameters)
        where TDelegate : Delegate =>
        _model.GetType().GetMethod(name, parameters)!.CreateDelegate<TDelegate>(_model);

    private Dictionary<Array, double[]> Elements() =>
        _filler.Buffers.ToDictionary(buffer => buffer, buffer => new BufferElements(buffer).Copy());

    private static void Restore(Dictionary<Array, double[]> state)
    {
        foreach ((Array array, double[] values) in state)
        {
            var elements = new BufferElements(array);
            for (int i = 0; i < values.Length; i++)
            {
                elements[i] = values[i];
            }
        }
    }

    /// <summary>Compares all created buffers, including ignored and unreachable ones.</summary>
    private void Compare(string what, ExpectedClip expected)
    {
        foreach ((Array array, double[] values) in expected.Elements)
        {
            var elements = new BufferElements(array);
            for (int i = 0; i < values.Length; i++)
            {
                double actual = elements[i];
                double before = _before[array][i];
                bool isUntouched = values[i].Equals(before);
                if (isUntouched ? !actual.Equals(before) : !IsNear(values[i], actual, array.GetType().GetElementType()!))
                {
                    string paths = string.Join(" and ", _found.Where(found => found.Array == array).Select(found => found.Path));
                    string buffer = paths.Length == 0 ? "a buffer that is no gradient" : paths;
                    throw new MismatchException(
                        Text($"{what}: element {i} of {buffer} is {actual:R}, not {values[i]:R} (before: {before:R})"));
                }
            }
        }
    }

    private static bool IsNear(double expected, double actual, Type element) => element == typeof(Half)
        ? IsNear(expected, actual, 2e-3, 2e-7) || (Math.Abs(expected) > 65000 && double.IsInfinity(actual))
        : IsNear(expected, actual, 2e-5, element == typeof(float) ? 1e-44 : 0);

    private static bool IsNear(double expected, double actual, double relative, double absolute) =>
        expected.Equals(actual) || (double.IsFinite(expected) && Math.Abs(expected - actual) <= (relative * Math.Abs(expected)) + absolute);

    private static void RequireNear(string what, double expected, double actual) =>
        Require(IsNear(expected, actual, 1e-5, 0), $"{what} is {actual:R}, not {expected:R}");

    private static void Refuses<TException>(string what, Action action)
        where TException : Exception
    {
        try
        {
            action();
        }
        catch (TException)
        {
            return;
        }

        throw new MismatchException($"{what} threw no {typeof(TException).Name}");
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new MismatchException(message);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The results of a model differ from those of the oracle.</summary>
internal sealed class MismatchException(string message) : Exception(message);

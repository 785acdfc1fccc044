using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ClipGen.Numerics;

/// <summary>
/// The operations that generated code offers on a model, over any <see cref="IGradientSource"/>. Pass the source as a struct
/// (generated code wraps the model in one), so that the whole traversal is compiled for it.
/// </summary>
public static class GradientOperations
{
    /// <summary>Clips everything by one rule. Groups are not looked at.</summary>
    public static ClipResult Clip<TSource>(TSource gradients, in ClipRule rule)
        where TSource : IGradientSource
    {
        double norm = Norm(gradients, rule.NormType);
        double scale = norm > rule.Limit ? rule.Limit / norm : 1;
        if (scale < 1)
            Scale(gradients, scale);
        return new ClipResult { TotalNorm = norm, Scale = scale, Clipped = scale < 1 };
    }

    /// <summary>Clips by several rules.</summary>
    public static ClipResult Clip<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules)
        where TSource : IGradientSource => Clip(gradients, rules[0]);

    /// <summary>Clips by several rules.</summary>
    public static ClipResult Clip<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, double limit)
        where TSource : IGradientSource => limit > 0 ? Clip(gradients, rules[0]) : default;

    /// <summary>The norm over all gradients.</summary>
    public static double Norm<TSource>(TSource gradients, double normType = 2.0)
        where TSource : IGradientSource
    {
        var visitor = new SimpleVisitor { Order = normType, Factor = 1 };
        gradients.VisitGradients(ref visitor);
        return Math.Pow(visitor.Sum, 1 / normType);
    }

    /// <summary>Multiplies all gradients.</summary>
    public static void Scale<TSource>(TSource gradients, double factor)
        where TSource : IGradientSource
    {
        var visitor = new SimpleVisitor { Order = 2, Factor = factor };
        gradients.VisitGradients(ref visitor);
    }

    /// <summary>Sets all gradients to zero.</summary>
    public static void Zero<TSource>(TSource gradients)
        where TSource : IGradientSource => Scale(gradients, 0);

    /// <summary>The paths of all gradients, in visiting order.</summary>
    public static IReadOnlyList<string> Names<TSource>(TSource gradients)
        where TSource : IGradientSource
    {
        var visitor = new SimpleVisitor { Order = 2, Factor = 1, Names = [] };
        gradients.VisitGradients(ref visitor);
        return visitor.Names!;
    }

    /// <summary>The norm of each gradient, in the order of <see cref="Names"/>.</summary>
    public static int Norms<TSource>(TSource gradients, Span<double> norms, double normType = 2.0)
        where TSource : IGradientSource
    {
        int count = Names(gradients).Count;
        norms[..count].Fill(normType);
        return count;
    }

    // The first, plain form. The kernels replace it.
    private struct SimpleVisitor : IGradientVisitor
    {
        public double Order;
        public double Sum;
        public double Factor;
        public List<string>? Names;

        public void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null)
        {
            if (gradient.IsEmpty)
                return;
            Names?.Add(name);
            Span<float> floats = typeof(T) == typeof(float)
                ? MemoryMarshal.CreateSpan(ref Unsafe.As<T, float>(ref MemoryMarshal.GetReference(gradient)), gradient.Length)
                : throw new NotSupportedException();
            foreach (ref float g in floats)
            {
                Sum += Math.Pow(Math.Abs(g), Order);
                if (Factor != 1)
                    g = (float)(g * Factor);
            }
        }

        public void Enter(string name, string? group = null) { }

        public void EnterItem<TKey>(TKey key) { }

        public void Leave() { }
    }
}

using ClipGen;

namespace TemporalOrder;

// TEMPORARY: stands in for the generated half of ElmanRnn. Delete it when the source generator is in place.
public sealed partial class ElmanRnn
{
    public ClipResult ClipGradients(double limit)
    {
        double norm = GradientNorm();
        if (!double.IsFinite(norm)) return new ClipResult { TotalNorm = norm, Scale = 1, NonFiniteGradient = nameof(_dWh) };
        if (norm <= limit) return new ClipResult { TotalNorm = norm, Scale = 1 };
        double scale = limit / norm;
        foreach (TrainableParameter parameter in Parameters)
        {
            foreach (ref float g in parameter.Gradients.AsSpan()) g *= (float)scale;
        }

        return new ClipResult { TotalNorm = norm, Scale = scale, Clipped = true };
    }

    public double GradientNorm()
    {
        double sum = 0;
        foreach (TrainableParameter parameter in Parameters)
        {
            foreach (float g in parameter.Gradients) sum += (double)g * g;
        }

        return Math.Sqrt(sum);
    }

    public void ZeroGradients()
    {
        foreach (TrainableParameter parameter in Parameters) Array.Clear(parameter.Gradients);
    }
}

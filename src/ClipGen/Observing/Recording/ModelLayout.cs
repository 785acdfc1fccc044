using ClipGen.Numerics;

namespace ClipGen.Observing.Recording;

/// <summary>The limits and gradients of a model's steps, in order.</summary>
internal sealed class ModelLayout
{
    /// <summary>The limits.</summary>
    internal List<LimitKey> Limits { get; } = [];

    /// <summary>The paths of the gradients.</summary>
    internal List<string> Gradients { get; } = [];

    /// <summary>Copies the layout of a clip. Returns false if it has not changed.</summary>
    internal bool TryChange(in ClipMeasurement clip)
    {
        if (IsOf(clip))
            return false;
        Limits.Clear();
        foreach (ref readonly ClipRule rule in clip.Rules)
            Limits.Add(LimitKey.Of(rule));
        Gradients.Clear();
        foreach (ref readonly GradientResult gradient in clip.Gradients)
            Gradients.Add(gradient.Name);
        return true;
    }

    private bool IsOf(in ClipMeasurement clip)
    {
        if (clip.Rules.Length != Limits.Count || clip.Gradients.Length != Gradients.Count)
            return false;
        for (int i = 0; i < Limits.Count; i++)
        {
            if (LimitKey.Of(clip.Rules[i]) != Limits[i])
                return false;
        }

        for (int i = 0; i < Gradients.Count; i++)
        {
            if (clip.Gradients[i].Name != Gradients[i])
                return false;
        }

        return true;
    }
}

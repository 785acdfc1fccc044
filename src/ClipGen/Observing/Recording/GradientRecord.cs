namespace ClipGen.Observing.Recording;

/// <summary>The record of one gradient over a run.</summary>
/// <param name="name">The path of the gradient.</param>
internal sealed class GradientRecord(string name)
{
    /// <summary>The path of the gradient.</summary>
    internal string Name { get; } = name;

    /// <summary>The sum of its shares in the squared norm, in units of 1/254.</summary>
    internal double ShareSum { get; set; }

    /// <summary>The number of steps with a known share.</summary>
    internal long Steps { get; set; }

    /// <summary>The number of steps in which its share was the largest.</summary>
    internal long Dominant { get; set; }

    /// <summary>The number of steps in which it was not finite.</summary>
    internal long NonFinite { get; set; }

    /// <summary>The number of the first step in which it was not finite, starting at 1; 0 for none.</summary>
    internal long FirstNonFinite { get; set; }

    /// <summary>Its average share in the squared norm.</summary>
    internal double Share => Steps == 0 ? 0 : ShareSum / Steps / StepEvent.Whole;
}

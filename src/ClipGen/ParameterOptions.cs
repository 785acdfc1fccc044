namespace ClipGen;

/// <summary>The declared options of a parameter: its name, and how optimizers treat it.</summary>
/// <remarks>
/// The default value describes a parameter with the name of its gradient, with weight decay, and with the optimizer's own learning rate.
/// </remarks>
public readonly struct ParameterOptions
{
    private readonly bool _isWithoutDecay;
    private readonly bool _hasScale;
    private readonly double _scale;
    private readonly int _unitLength;
    private readonly Array? _layout;

    /// <summary>Creates the options of a parameter.</summary>
    /// <param name="name">The member's name; <see langword="null"/> for the name of the gradient.</param>
    /// <param name="weightDecay">Whether the weight decay of an optimizer applies.</param>
    /// <param name="learningRateScale">The factor for the optimizer's learning rate; finite, 0 or greater.</param>
    /// <param name="unitLength">The number of elements of a unit, such as a row of a matrix; 0 if the parameter is one unit.</param>
    /// <param name="layout">An array of several dimensions, divided into units by its first index; null for none.</param>
    public ParameterOptions(
        string? name, bool weightDecay = true, double learningRateScale = 1, int unitLength = 0, Array? layout = null)
    {
        Name = name;
        _isWithoutDecay = !weightDecay;
        _hasScale = learningRateScale != 1;
        _scale = learningRateScale;
        _unitLength = unitLength;
        _layout = layout;
    }

    /// <summary>The member's name; <see langword="null"/> for the name of the gradient.</summary>
    public string? Name { get; }

    /// <summary>Whether the weight decay of an optimizer applies.</summary>
    public bool WeightDecay => !_isWithoutDecay;

    /// <summary>The factor for the optimizer's learning rate.</summary>
    public double LearningRateScale => _hasScale ? _scale : 1;

    /// <summary>Whether an optimizer treats the parameter as most others.</summary>
    internal bool AreUsual => !_isWithoutDecay && !_hasScale;

    /// <summary>
    /// The number of elements of a unit for <see cref="AdaptiveClipAttribute"/>; 0 if the parameter is one unit.
    /// </summary>
    // Computed on demand: every traversal creates these options, and most operations do not read this property.
    public int UnitLength => _unitLength != 0 || _layout is not { Length: > 0 } array ? _unitLength : array.Length / array.GetLength(0);
}

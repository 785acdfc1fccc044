namespace ClipGen.Generator.Tests.Fuzzing;

/// <summary>
/// Reads and writes an array of any rank and element type as a sequence of doubles in memory order, through reflection only.
/// </summary>
internal readonly struct BufferElements(Array array)
{
    public double this[int index]
    {
        get => array.GetValue(Indices(index)) switch
        {
            float value => value,
            Half value => (double)value,
            object value => (double)value,
            null => throw new InvalidOperationException("An element is missing."),
        };
        set => array.SetValue(Round(value), Indices(index));
    }

    public double[] Copy()
    {
        var copy = new double[array.Length];
        for (int i = 0; i < copy.Length; i++)
        {
            copy[i] = this[i];
        }

        return copy;
    }

    /// <summary>Converts the value to the element type.</summary>
    public object Round(double value) =>
        array.GetType().GetElementType() == typeof(float) ? (float)value
        : array.GetType().GetElementType() == typeof(Half) ? (Half)value
        : value;

    private int[] Indices(int index)
    {
        var indices = new int[array.Rank];
        for (int dimension = array.Rank - 1; dimension >= 0; dimension--)
        {
            indices[dimension] = index % array.GetLength(dimension);
            index /= array.GetLength(dimension);
        }

        return indices;
    }
}

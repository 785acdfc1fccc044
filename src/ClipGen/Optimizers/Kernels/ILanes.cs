namespace ClipGen.Optimizers.Kernels;

/// <summary>A vector of any width, so that each rule is written once. Every operation rounds each element as IEEE 754 defines.</summary>
internal interface ILanes<TSelf, T>
    where TSelf : struct, ILanes<TSelf, T>
    where T : unmanaged
{
    /// <summary>The number of elements.</summary>
    static abstract int Count { get; }

    /// <summary>Adds element by element.</summary>
    static abstract TSelf operator +(TSelf left, TSelf right);

    /// <summary>Adds one value to each element.</summary>
    static abstract TSelf operator +(TSelf left, T right);

    /// <summary>Subtracts element by element.</summary>
    static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>Multiplies element by element.</summary>
    static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary>Multiplies each element by one value.</summary>
    static abstract TSelf operator *(TSelf left, T right);

    /// <summary>Divides element by element.</summary>
    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>Loads a vector.</summary>
    static abstract TSelf Load(ref T first, nuint index);

    /// <summary>Stores a vector.</summary>
    void Store(ref T first, nuint index);

    /// <summary>The sum of the elements, in an order that depends on the width.</summary>
    static abstract double Sum(TSelf elements);

    /// <summary>The square roots.</summary>
    static abstract TSelf SquareRoot(TSelf elements);

    /// <summary>For each element: the larger one of the pair, or NaN if <paramref name="elements"/> has NaN there.</summary>
    static abstract TSelf LargerOrNaN(TSelf elements, TSelf others);

    /// <summary>Clamps each element to [−limit, limit]. NaN stays NaN, because comparisons with NaN are false.</summary>
    static abstract TSelf Clamp(TSelf elements, T limit);
}

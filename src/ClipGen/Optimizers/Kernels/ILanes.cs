namespace ClipGen.Optimizers.Kernels;

/// <summary>A vector of any width, so that a rule is written once. Every operation rounds each element as IEEE 754 says.</summary>
internal interface ILanes<TSelf, T>
    where TSelf : struct, ILanes<TSelf, T>
    where T : unmanaged
{
    /// <summary>The number of elements.</summary>
    static abstract int Count { get; }

    /// <summary>The sums.</summary>
    static abstract TSelf operator +(TSelf left, TSelf right);

    /// <summary>The sums with one value.</summary>
    static abstract TSelf operator +(TSelf left, T right);

    /// <summary>The differences.</summary>
    static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>The products.</summary>
    static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary>The products with one value.</summary>
    static abstract TSelf operator *(TSelf left, T right);

    /// <summary>The quotients.</summary>
    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>Loads a vector.</summary>
    static abstract TSelf Load(ref T first, nuint index);

    /// <summary>Stores a vector.</summary>
    void Store(ref T first, nuint index);

    /// <summary>The square roots.</summary>
    static abstract TSelf SquareRoot(TSelf elements);

    /// <summary>The elements that are greater than another's, or NaN; else the other's.</summary>
    static abstract TSelf LargerOrNaN(TSelf elements, TSelf others);

    /// <summary>The nearest of [−limit, limit]; NaN stays, as every comparison with it is false.</summary>
    static abstract TSelf Clamp(TSelf elements, T limit);
}

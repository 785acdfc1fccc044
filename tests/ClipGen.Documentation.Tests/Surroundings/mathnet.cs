// The part of Math.NET Numerics that pages show, with the same names.

namespace MathNet.Numerics.LinearAlgebra;

public abstract class Matrix<T>
    where T : struct
{
    /// <summary>The elements, column by column, or null where they are stored in another way.</summary>
    public abstract T[]? AsColumnMajorArray();
}

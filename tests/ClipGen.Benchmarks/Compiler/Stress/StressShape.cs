namespace ClipGen.Benchmarks.Compiler.Stress;

/// <summary>A program that is large in one way only.</summary>
/// <param name="Name">The kind of element that the program has many of.</param>
/// <param name="Size">The number of these elements.</param>
/// <param name="Write">Writes the types of the program for a number of elements.</param>
internal sealed record StressShape(string Name, int Size, Func<int, string> Write)
{
    /// <summary>All shapes, in both forms of training, and those of declared models.</summary>
    public static IReadOnlyList<StressShape> All { get; } =
    [
        .. TrainingForm.All.SelectMany(form => ((StressShape[])
        [
            .. StatementShapes.Of(form), .. ExpressionShapes.Of(form), .. CallShapes.Of(form), .. TypeShapes.Of(form),
        ]).Select(shape => shape with { Name = $"{shape.Name}, {form.Name}" })),
        .. ModelShapes.All,
    ];
}

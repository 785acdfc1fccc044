namespace ClipGen.Numerics;

/// <summary>
/// The operations that generated code offers on a model, over any <see cref="IGradientSource"/>. Pass the source as a struct
/// (generated code wraps the model in one), so that the whole traversal is compiled for it.
/// </summary>
public static class GradientOperations
{
}

namespace ClipGen;

/// <summary>
/// Declares the gradients of a type that cannot be annotated because it is someone else's:
/// <c>[assembly: GradientSource(typeof(Matrix), nameof(Matrix.Grad))]</c>. Every such object that a source of this assembly holds is then
/// part of its norm, as if the type declared those gradients itself.
/// </summary>
/// <param name="type">The type; for a generic one without its arguments, <c>typeof(Matrix&lt;&gt;)</c>. Types derived from it are included.</param>
/// <param name="gradients">The names of its gradient buffers: instance fields, properties or parameterless methods that this assembly can reach.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class GradientSourceAttribute(Type type, params string[] gradients) : Attribute
{
    /// <summary>The type that holds gradients.</summary>
    public Type Type { get; } = type;

    /// <summary>The names of its gradient buffers.</summary>
    public IReadOnlyList<string> Gradients { get; } = gradients;
}

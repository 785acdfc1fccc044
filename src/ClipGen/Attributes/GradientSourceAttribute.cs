namespace ClipGen;

/// <summary>
/// Declares a gradient source where no gradient says so. On a class or struct: its traversal is generated although it declares no gradient
/// itself, such as an abstract <c>Layer</c> whose derived classes do. On the assembly, for a type that cannot be annotated because it is
/// someone else's: <c>[assembly: GradientSource(typeof(Matrix), nameof(Matrix.Grad))]</c>. Every such object that a source of this assembly
/// holds is then part of its norm, as if the type declared those gradients itself.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly | AttributeTargets.Class | AttributeTargets.Struct, AllowMultiple = true, Inherited = false)]
public sealed class GradientSourceAttribute : Attribute
{
    /// <summary>Declares the marked class or struct to be a source.</summary>
    public GradientSourceAttribute() => Gradients = [];

    /// <summary>Declares, on the assembly, a type of another one to be a source.</summary>
    /// <param name="type">The type; for a generic one without its arguments, <c>typeof(Matrix&lt;&gt;)</c>. Types derived from it are
    /// included.</param>
    /// <param name="gradients">The names of its gradient buffers: instance fields, properties or parameterless methods that this assembly
    /// can reach.</param>
    public GradientSourceAttribute(Type type, params string[] gradients)
    {
        Type = type;
        Gradients = gradients;
    }

    /// <summary>The type that holds gradients; <see langword="null"/> for the marked type itself.</summary>
    public Type? Type { get; }

    /// <summary>The names of its gradient buffers.</summary>
    public IReadOnlyList<string> Gradients { get; }

    /// <summary>
    /// The names of the members that hold the parameters, in the order of <see cref="Gradients"/>, for optimizers; empty where the type is
    /// only clipped.
    /// </summary>
    public string[] Parameters { get; set; } = [];
}

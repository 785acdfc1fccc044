namespace ClipGen;

/// <summary>Declares a gradient source that has no <see cref="GradientAttribute"/> member of its own.</summary>
/// <remarks>
/// <para>
/// On a class or struct, the attribute generates its traversal although it declares no gradient itself, such as for an abstract
/// <c>Layer</c> whose derived classes declare them.
/// </para>
/// <para>
/// On the assembly, it declares the gradients of a type that cannot be annotated because another assembly defines it: <c>[assembly:
/// GradientSource(typeof(Matrix), nameof(Matrix.Grad))]</c>. Every such object that a source of this assembly holds is then part of its
/// norm.
/// </para>
/// </remarks>
[AttributeUsage(AttributeTargets.Assembly | AttributeTargets.Class | AttributeTargets.Struct, AllowMultiple = true, Inherited = false)]
public sealed class GradientSourceAttribute : Attribute
{
    /// <summary>Declares the marked class or struct to be a source.</summary>
    public GradientSourceAttribute() => Gradients = [];

    /// <summary>Declares, on the assembly, that a type of another assembly is a source.</summary>
    /// <param name="type">
    /// The type; if it is generic, without its arguments: <c>typeof(Matrix&lt;&gt;)</c>. Types derived from it are included.
    /// </param>
    /// <param name="gradients">
    /// The names of its gradient buffers: instance fields, properties or parameterless methods that are accessible from this assembly.
    /// </param>
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
    /// The names of the members that hold the parameters, in the order of <see cref="Gradients"/>. Only optimizers need them; empty by
    /// default.
    /// </summary>
    public string[] Parameters { get; set; } = [];
}

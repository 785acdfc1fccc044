using System.ComponentModel;

namespace ClipGen.Numerics;

/// <summary>
/// The gradients of a model with declared limits. Generated code implements it, so that metrics and records can name the model.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IModelSource : IGradientSource
{
    /// <summary>The type that declares the limits.</summary>
    Type ModelType { get; }

    /// <summary>
    /// A hash of the names, types and order of the declared gradients. The record of a run contains it, and the analyzers compute the same
    /// hash.
    /// </summary>
    string GradientFingerprint { get; }
}

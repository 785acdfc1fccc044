using System.ComponentModel;

namespace ClipGen.Numerics;

/// <summary>
/// A model and the limits that its attributes declare, for operations that do more than clip. Generated code implements it.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IClipModel : IClippable
{
    /// <summary>The declared limits.</summary>
    ReadOnlySpan<ClipRule> GetClipRules();

    /// <summary>Runs an operation over the gradients of the model. The JIT compiles the operation for the model.</summary>
    /// <typeparam name="TOperation">The operation.</typeparam>
    /// <param name="operation">Receives the gradients.</param>
    void Run<TOperation>(ref TOperation operation)
        where TOperation : struct, IModelOperation;
}

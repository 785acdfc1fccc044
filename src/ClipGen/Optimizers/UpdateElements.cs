using System.Numerics;

namespace ClipGen.Optimizers;

/// <summary>
/// One vector of elements for an <see cref="IUpdate"/>: the gradient, and the parameter and the states, which the rule replaces.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public struct UpdateElements<T>
    where T : unmanaged
{
    private Vector<T> _parameter;
    private Vector<T> _state0;
    private Vector<T> _state1;
    private Vector<T> _state2;

    internal UpdateElements(Vector<T> parameter, Vector<T> gradient, Vector<T> state0, Vector<T> state1, Vector<T> state2)
    {
        Gradient = gradient;
        _parameter = parameter;
        _state0 = state0;
        _state1 = state1;
        _state2 = state2;
    }

    /// <summary>The clipped gradient. Its sign is flipped if the optimizer maximizes.</summary>
    public readonly Vector<T> Gradient { get; }

    /// <summary>The parameter.</summary>
    public Vector<T> Parameter
    {
        readonly get => _parameter;
        set => _parameter = value;
    }

    /// <summary>The first state. A state without a name in <see cref="IUpdate.StateNames"/> is ignored.</summary>
    public Vector<T> State0
    {
        readonly get => _state0;
        set => _state0 = value;
    }

    /// <summary>The second state.</summary>
    public Vector<T> State1
    {
        readonly get => _state1;
        set => _state1 = value;
    }

    /// <summary>The third state.</summary>
    public Vector<T> State2
    {
        readonly get => _state2;
        set => _state2 = value;
    }
}

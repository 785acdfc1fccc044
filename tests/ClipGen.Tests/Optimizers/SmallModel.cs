namespace ClipGen.Tests.Optimizers;

/// <summary>The model of the published vectors.</summary>
[ClipGradNorm(1.0)]
internal sealed partial class SmallModel<T>
    where T : struct
{
    [Parameter(Gradient = nameof(_dW))] private readonly T[] _w;
    private T[] _dW;

    public SmallModel(T[] parameters)
    {
        _w = parameters;
        _dW = new T[parameters.Length];
    }

    public T[] W => _w;

    public T[] DW
    {
        get => _dW;
        set => _dW = value;
    }
}

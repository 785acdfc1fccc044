namespace ClipGen.Tests.Observing;

/// <summary>A model with one limit and with gradients that are allocated in initializers.</summary>
[ClipGradNorm(1.0)]
public sealed partial class PlainModel
{
    [Parameter(Gradient = nameof(DW))] public readonly float[] W = new float[4];
    public readonly float[] DW = new float[4];

    [Parameter(Gradient = nameof(DB))] public readonly float[] B = new float[2];
    public readonly float[] DB = new float[2];

    /// <summary>Sets the gradients so that the norm of all is <paramref name="norm"/>, and that of the bias a share of it.</summary>
    public PlainModel Fill(double norm, double biasShare = 0.5)
    {
        DW.AsSpan().Clear();
        DB.AsSpan().Clear();
        DW[1] = (float)(norm * Math.Sqrt(1 - biasShare));
        DB[0] = (float)(norm * Math.Sqrt(biasShare));
        return this;
    }
}

/// <summary>A model with several limits.</summary>
[ClipGradNorm(1.0, NonFinite = NonFinitePolicy.Zero)]
[ClipGradNorm(0.5, Group = "heads", NonFinite = NonFinitePolicy.Zero)]
public sealed partial class GroupedModel
{
    [Gradient] public float[]? Body { get; set; } = new float[3];

    [Gradient(Group = "heads")] public float[] Head { get; } = new float[3];
}

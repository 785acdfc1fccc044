namespace ClipGen.Tests.Limits;

/// <summary>Gradients g0, g1, … with their weights.</summary>
internal readonly struct WeightedSource(params (float[]? Gradient, float[]? Weights, int UnitLength)[] buffers) : IGradientSource
{
    private static readonly string[] Names = [.. Enumerable.Range(0, 100).Select(i => $"g{i}")];

    public void VisitGradients<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IGradientVisitor
    {
        for (int i = 0; i < buffers.Length; i++)
        {
            visitor.Visit<float>(
                Names[i], buffers[i].Gradient, buffers[i].Weights, options: new ParameterOptions(null, unitLength: buffers[i].UnitLength));
        }
    }
}

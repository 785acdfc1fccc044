namespace NativeAot;

/// <summary>Plain gradient descent.</summary>
internal static class Descent
{
    public static void Step(float[] parameter, float[] gradient, float learningRate)
    {
        for (int i = 0; i < parameter.Length; i++)
        {
            parameter[i] -= learningRate * gradient[i];
        }
    }
}

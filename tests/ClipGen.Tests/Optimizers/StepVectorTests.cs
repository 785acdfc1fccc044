using ClipGen.Numerics.Kernels;
using ClipGen.Optimizers.Kernels;

namespace ClipGen.Tests.Optimizers;

/// <summary>Three steps of every optimizer, compared with numbers on which two independent programs agree.</summary>
public sealed class StepVectorTests
{
    private static readonly double[][] GradientsOfSteps = [[1, 6, 7, 2], [0.3, -0.4, 0, 0.1], [30, -40, 0, 5]];
    private static readonly double[] Factors = [0.10540925533894598, 1, 0.01990074380419978];

    public static TheoryData<string, double[]> Vectors => new()
    {
        { "AdamW", [0.971466117, 1.991484479, 2.977222608, 3.970479376] },
        { "AdamW without decay", [0.971763163, 1.992082251, 2.978119848, 3.971676332] },
        { "Adam", [0.971635938, 1.991438816, 2.977371271, 3.971142223] },
        { "Adam, AMSGrad", [0.971635938, 1.991438816, 2.977371271, 3.971142223] },
        { "SGD", [0.899756843, 2.056357422, 2.926213521, 3.958967777] },
        { "SGD, momentum", [0.849196704, 1.973197394, 2.783503354, 3.891587098] },
        { "SGD, Nesterov", [0.761197197, 2.026580467, 2.722902350, 3.849606468] },
        { "SGD, dampening", [0.908952651, 1.898200489, 2.787705268, 3.911804147] },
        { "RMSProp", [0.717232481, 2.026797576, 2.900000014, 3.817436795] },
        { "RMSProp, momentum", [0.463015836, 1.897186884, 2.718107024, 3.593097617] },
        { "RMSProp, centered", [0.457461112, 1.902860344, 2.727634789, 3.605088470] },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Doubles(string optimizer, double[] expected) => AssertSteps<double>(optimizer, expected, x => x, 1e-9);

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Singles(string optimizer, double[] expected) => AssertSteps<float>(optimizer, expected, x => (float)x, 1e-6);

    private static void AssertSteps<T>(string optimizer, double[] expected, Converter<double, T> convert, double tolerance)
        where T : unmanaged
    {
        T[] parameter = Array.ConvertAll([1d, 2d, 3d, 4d], convert);
        T[][] states = [new T[4], new T[4], new T[4]];
        for (int step = 1; step <= 3; step++)
        {
            T[] gradient = Array.ConvertAll(GradientsOfSteps[step - 1], convert);
            T[] before = [.. gradient];
            StepOf(optimizer, step).Apply<T, T>(
                gradient,
                parameter,
                states[0],
                states[1],
                states[2],
                GradientChange.Scale(new ScaleFactor(Factors[step - 1])),
                zeroGradients: false);
            Assert.Equal(before, gradient);
        }

        Exact.AssertClose(expected, parameter, tolerance);
    }

    private static IBufferStep StepOf(string optimizer, int step) => optimizer switch
    {
        "AdamW" => new AdamStep(0.01, 0.9, 0.999, 1e-8, 0.01, IsDecoupled: true, AmsGrad: false, Maximize: false, step),
        "AdamW without decay" => new AdamStep(0.01, 0.9, 0.999, 1e-8, 0, IsDecoupled: true, AmsGrad: false, Maximize: false, step),
        "Adam" => new AdamStep(0.01, 0.9, 0.999, 1e-8, 0.01, IsDecoupled: false, AmsGrad: false, Maximize: false, step),
        "Adam, AMSGrad" => new AdamStep(0.01, 0.9, 0.999, 1e-8, 0.01, IsDecoupled: false, AmsGrad: true, Maximize: false, step),
        "SGD" => new SgdStep(0.1, 0, 0, 0, Nesterov: false, Maximize: false, step == 1),
        "SGD, momentum" => new SgdStep(0.1, 0.9, 0, 0.01, Nesterov: false, Maximize: false, step == 1),
        "SGD, Nesterov" => new SgdStep(0.1, 0.9, 0, 0.01, Nesterov: true, Maximize: false, step == 1),
        "SGD, dampening" => new SgdStep(0.1, 0.9, 0.5, 0.01, Nesterov: false, Maximize: false, step == 1),
        "RMSProp" => new RmsPropStep(0.01, 0.99, 1e-8, 0, 0, Centered: false, Maximize: false),
        "RMSProp, momentum" => new RmsPropStep(0.01, 0.99, 1e-8, 0.01, 0.9, Centered: false, Maximize: false),
        "RMSProp, centered" => new RmsPropStep(0.01, 0.99, 1e-8, 0, 0.9, Centered: true, Maximize: false),
        _ => throw new ArgumentException("Not an optimizer.", nameof(optimizer)),
    };
}

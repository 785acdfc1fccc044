using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using System.Text;
using ClipGen.Numerics;
using ClipGen.Numerics.Kernels;
using ClipGen.Tests.Limits;
using ClipGen.Tests.Optimizers;
using ClipGen.Tests.Sources;

namespace ClipGen.Tests.Numerics;

/// <summary>
/// The same gradients give the same norms, the same clipped gradients and the same steps on every instruction set, to the last bit. Tests
/// compare the bits with recorded ones, and with those of new processes of this executable in which parts of the hardware are turned off.
/// Such a process prints the bits and exits before it runs a test. If a change alters the bits on purpose, run the tests with
/// <c>CLIPGEN_APPROVE=1</c> to record them.
/// </summary>
public sealed class ReproducibleBitsTests
{
    private const string PrintBits = "CLIPGEN_TESTS_PRINT_BITS";
    private const string OtherOrders = "other orders";

    // The path of this file from the compiler is not usable, because deterministic builds replace it.
    private static readonly string RecordedFile = Path.Combine(
        typeof(ReproducibleBitsTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == "ProjectFolder").Value!,
        "Numerics",
        "ReproducibleBitsTests.verified.txt");

    public static TheoryData<string, int> InstructionSets => new()
    {
        // The name of the setting in .NET 10, and its name in .NET 8. The number is the width in bits of the widest vectors that remain.
        { "DOTNET_EnableAVX512=0,DOTNET_EnableAVX512F=0", 256 },
        { "DOTNET_EnableAVX2=0", 128 },
        { "DOTNET_EnableAVX=0", 128 },
        { "DOTNET_EnableHWIntrinsic=0", 0 },
        { "DOTNET_TieredCompilation=0", int.MaxValue },
    };

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Bits_do_not_depend_on_the_hardware(string switches, int widest)
    {
        string[] there = BitsOfNewProcess(switches);

        // The first line is the width of the vectors in the other process. It shows that the setting had an effect.
        Assert.Equal(Math.Min(widest, WidestVector()), int.Parse(there[0], CultureInfo.InvariantCulture));
        Assert.Equal(Bits(), there[1..]);
    }

    [Fact]
    public void Bits_are_those_that_were_recorded()
    {
        string[] digests = [.. Bits().Where(line => !line.StartsWith(OtherOrders, StringComparison.Ordinal)).Select(Digest)];
        if (Environment.GetEnvironmentVariable("CLIPGEN_APPROVE") == "1")
            File.WriteAllLines(RecordedFile, digests);

        Assert.Equal(File.ReadAllLines(RecordedFile), digests);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(1536)]
    [InlineData(2047)]
    [InlineData(2064)]
    [InlineData(5000)]
    [InlineData(33_000)]
    public void Bits_do_not_depend_on_the_address(int length)
    {
        var random = new Random(length);
        float[] elements = [.. Enumerable.Range(0, length).Select(_ => MathF.ScaleB(random.Next(1, 1 << 20), random.Next(-30, -10)))];
        var memory = new float[length + 17];
        var sums = new HashSet<(double, double)>();
        for (int offset = 0; offset <= 16; offset++)
        {
            // What is beside the gradient must not count.
            memory.AsSpan().Fill(float.NaN);
            Span<float> gradient = memory.AsSpan(offset, length);
            elements.CopyTo(gradient);
            sums.Add((GradientElements.SumOfSquares(gradient), GradientElements.SumOfMagnitudes(gradient)));
        }

        Assert.False(double.IsNaN(Assert.Single(sums).Item1));
    }

    private static string Digest(string line) =>
        $"{line.Split(':')[0]}: {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line)))[..16]}";

    private static string[] Bits()
    {
        var lines = new List<string>();
        int[] lengths =
            [.. Enumerable.Range(1, 80), 127, 255, 512, 513, 1000, 1024, 1025, 1103, 2047, 4097, 20_011, 40_003, (1 << 18) + 77];
        foreach (int length in lengths)
        {
            var random = new Random(length);

            // A whole number multiplied by a power of two is the same double on every machine.
            double[] doubles = [.. Enumerable.Range(0, length)
                .Select(_ => Math.ScaleB(random.Next(1, 1 << 20), random.Next(-30, -10)) * random.Next(-1, 2))];
            float[] singles = [.. doubles.Select(x => (float)x)];
            Half[] halves = [.. doubles.Take(20_000).Select(x => (Half)x)];
            double[] wide = [.. doubles.Take(5000).Select(x => x * 1e200)];

            var line = new StringBuilder($"{length}:");
            foreach (double order in new[] { 2, 1, double.PositiveInfinity })
                AppendNorms(line, order, singles, halves, doubles, wide);
            if (length <= 5000)
            {
                // The power function of the operating system rounds them.
                var others = new StringBuilder($"{OtherOrders} {length}:");
                foreach (double order in new[] { 0.5, 3.5, 2.7 })
                    AppendNorms(others, order, singles, halves, doubles, wide);
                lines.Add(others.ToString());
            }

            foreach (ClipRule rule in new[] { ClipRule.Norm(0.3), ClipRule.Value(0.2), ClipRule.Norm(0.1, 1, ClipScope.PerParameter),
                ClipRule.Norm(1e-43) })
            {
                ClipResult result = GradientOperations.Clip(new ArraySource(singles, halves, doubles), rule);
                Append(line, result.TotalNorm);
                Append(line, result.Scale);
                foreach (Array gradient in new Array[] { singles, halves, doubles })
                {
                    long hash = 17;
                    foreach (long bits in Exact.Bits(gradient))
                        hash = (hash * 31) + bits;
                    line.Append(CultureInfo.InvariantCulture, $" {hash:x}");
                }
            }

            lines.Add(line.ToString());
        }

        lines.Add(BitsOfGeneratedCode(new ShortGradients(), "unrolled"));
        lines.Add(BitsOfGeneratedCode(new ShortGradientsCalled(), "called"));
        lines.AddRange(StepBits.Lines());
        lines.AddRange(LimitBits.Lines());
        return [.. lines];
    }

    [Fact]
    public void Bits_of_unrolled_code_are_those_of_the_called_form() =>
        Assert.Equal(BitsOfGeneratedCode(new ShortGradientsCalled()), BitsOfGeneratedCode(new ShortGradients()));

    private static string BitsOfGeneratedCode<TModel>(TModel model, string name = "generated")
        where TModel : IClippable
    {
        var random = new Random(3);
        Array[] gradients =
        [
            .. typeof(TModel).GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
                .OrderBy(field => field.Name, StringComparer.Ordinal).Select(field => (Array)field.GetValue(model)!),
        ];
        foreach (Array gradient in gradients)
        {
            for (int i = 0; i < gradient.Length; i++)
                gradient.SetValue((gradient is float[]) ? (object)(float)random.NextDouble() : random.NextDouble(), i);
        }

        var line = new StringBuilder($"{name}:");
        Append(line, model.ClipGradients().TotalNorm);
        foreach (long bits in gradients.SelectMany(Exact.Bits))
            line.Append(CultureInfo.InvariantCulture, $" {bits:x}");
        return line.ToString();
    }

    private static void AppendNorms(StringBuilder line, double order, params Array[] gradients)
    {
        foreach (Array gradient in gradients)
            Append(line, GradientOperations.Norm(new ArraySource(gradient), order));
        Append(line, GradientOperations.Norm(new ArraySource(gradients), order));
    }

    private static void Append(StringBuilder line, double value) =>
        line.Append(CultureInfo.InvariantCulture, $" {BitConverter.DoubleToInt64Bits(value):x}");

    private static int WidestVector() =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;

    private static string[] BitsOfNewProcess(string switches)
    {
        // The tests run in their own executable, or in the dotnet host, which needs the assembly as an argument.
        string assembly = typeof(ReproducibleBitsTests).Assembly.Location;
        string executable = Environment.ProcessPath!;
        var start = new ProcessStartInfo(executable) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(executable) == "dotnet")
            start.ArgumentList.Add(assembly);
        start.Environment[PrintBits] = "1";
        foreach (string[] pair in switches.Split(',').Select(pair => pair.Split('=')))
            start.Environment[pair[0]] = pair[1];

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"Exit code {process.ExitCode}. {errors.Result}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    [ModuleInitializer]
    internal static void PrintBitsAndExit()
    {
        if (Environment.GetEnvironmentVariable(PrintBits) is null)
            return;
        Console.Out.WriteLine(WidestVector().ToString(CultureInfo.InvariantCulture));
        foreach (string line in Bits())
            Console.Out.WriteLine(line);
        Console.Out.Flush();
        Environment.Exit(0);
    }
}

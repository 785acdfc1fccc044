using System.Diagnostics;
using System.Globalization;
using ClipGen.Benchmarks.Models;

// Prints the name of each model and the nanoseconds of a call, one model on each line. Clipping is needed in every call: the limit is a
// little below the norm.
Print("40x16", new FortyOf16());
Print("8x12500", new EightOf12500());

static void Print(string name, IBenchmarkModel model)
{
    const int Batches = 25;
    const double BatchSeconds = 0.004;
    foreach (float[] gradient in model.Gradients)
    {
        gradient.AsSpan().Fill(0.5f);
    }

    // The fastest of some batches, because other work of the machine only adds time.
    double limit = model.Clip(1e30).TotalNorm * (1 - 1e-9);
    double fastest = double.MaxValue;
    int calls = 100;
    for (int batch = 0; batch < Batches; batch++)
    {
        long start = Stopwatch.GetTimestamp();
        for (int call = 0; call < calls; call++)
        {
            model.Clip(limit);
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds / calls;
        fastest = Math.Min(fastest, seconds);
        calls = Math.Max(1, (int)(BatchSeconds / seconds));
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {fastest * 1e9:f1}"));
}

using System.Text.Json;
using ClipGen.Observing.Recording;
using ClipGen.Optimizers;

namespace ClipGen.Tests.Observing;

/// <summary>The data that a recorder keeps of a run.</summary>
[Collection("Observing")]
public sealed class NormRecorderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clipgen").FullName;

    private string Journal => Path.Combine(_folder, "run.clipgen.journal");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_limit_that_clips_every_step_is_raised_to_the_90th_percentile()
    {
        using NormRecorder run = Start();
        var model = new PlainModel();
        double[] norms = [.. Enumerable.Range(0, 1000).Select(step => 2 + (step * 0.01))];
        foreach (double norm in norms)
            model.Fill(norm).ClipGradients();

        LimitRecommendation recommendation = run.Recommend(model);
        Assert.InRange(recommendation.Limit, norms[890], 1.1 * norms[910]);
        Assert.Equal((1.0, 1000, 1.0), (recommendation.RecordedLimit, recommendation.Steps, recommendation.ClippedShare));
        Assert.Equal($"[ClipGradNorm({recommendation.Limit:0.0})]", recommendation.Attribute);
        Assert.Contains("1000 steps", recommendation.Reason, StringComparison.Ordinal);
        Assert.Contains("clipped 100 % of the steps", recommendation.Reason, StringComparison.Ordinal);
        Assert.Equal(1000, run.Steps);
    }

    [Fact]
    public void A_limit_that_clips_now_and_then_is_kept()
    {
        using NormRecorder run = Start();
        var model = new PlainModel();
        for (int step = 0; step < 200; step++)
            model.Fill(step % 10 == 0 ? 3 : 0.2).ClipGradients();
        Assert.Equal((1.0, 0.1), (run.Recommend(model).Limit, run.Recommend(model).ClippedShare));
    }

    [Fact]
    public void Every_way_to_clip_is_recorded_once()
    {
        using NormRecorder run = Start();
        var model = new PlainModel();
        var report = new ClipReport();
        var scaler = new LossScaler(4);
        model.Fill(2).ClipGradients();
        model.Fill(2).ClipGradients(1.5);
        model.Fill(2).ClipGradients(report);
        model.Fill(2).ClipGradients(1.5, report);
        Gradients.Clip(model.Fill(2));
        new Sgd(0.1).ClipAndStep(model.Fill(2));
        new Sgd(0.1).ClipAndStep(model.Fill(2), 1.5);
        new Sgd(0.1).ClipAndStep(model.Fill(8), scaler);
        scaler.Clip(model.Fill(8));
        Assert.Equal(9, run.Steps);
        Assert.Equal(9, run.Recommend(model).Steps);
        Assert.Equal(2, run.Recommend(model).Limit);

        model.GradientNorm();
        model.ScaleGradients(2);
        new Sgd(0.1).Step(model);
        Assert.Equal(9, run.Steps);
    }

    [Fact]
    public void Calls_with_the_same_arguments_in_two_members_are_two_records()
    {
        using NormRecorder run = Start();
        ClipInFirst();
        ClipInSecond();
        Assert.Equal(
            [(nameof(ClipInFirst), 1.0), (nameof(ClipInSecond), 2.0)],
            ReadBack().Models.Select(model => (model.Identity.Member!, model.Limits.Single().Limit)));
        Assert.All(ReadBack().Models, model => Assert.Equal("NormRecorderTests.cs", model.Identity.File));
    }

    [Fact]
    public void A_call_is_known_by_its_arguments_whether_they_are_null_or_not()
    {
        using NormRecorder run = Start();
        foreach (float[]? dB in (float[]?[])[null, [3, 4]])
        {
            float[] dW = [3, 4];
            Gradients.ClipNorm(1, dW, dB);
            Gradients.ClipNorm(1, dW.AsSpan(), dB);
        }

        Assert.Equal([("dW, dB", 2), ("dW.AsSpan(), dB", 2)], ReadBack().Models.Select(model => (model.Identity.Text!, model.Steps)));
    }

    [Fact]
    public void The_gradient_that_dominates_and_the_one_that_is_not_finite_are_known()
    {
        using NormRecorder run = Start();
        var model = new PlainModel();
        for (int step = 0; step < 100; step++)
            model.Fill(2, biasShare: step < 75 ? 0.9 : 0.1).ClipGradients();
        model.DB[1] = float.NaN;
        Assert.Throws<NonFiniteGradientException>(() => model.ClipGradients());

        ModelRecord record = ReadBack().Models.Single();
        Assert.Equal(["DW", "DB"], record.Gradients.Select(gradient => gradient.Name));
        Assert.Equal([25, 75], record.Gradients.Select(gradient => gradient.Dominant));
        Assert.InRange(record.Gradients[0].Share, 0.295, 0.305);
        Assert.InRange(record.Gradients[1].Share, 0.695, 0.705);
        Assert.Equal([0, 1], record.Gradients.Select(gradient => gradient.NonFinite));
        Assert.Equal([0, 101], record.Gradients.Select(gradient => gradient.FirstNonFinite));
        Assert.Equal((101, 1), (record.Steps, record.Skipped));
        Assert.Contains("first in 'DB' at step 101", run.Recommend(model).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_limit_of_a_model_is_recommended_on_its_own()
    {
        using NormRecorder run = Start();
        var model = new GroupedModel();
        for (int step = 0; step < 100; step++)
        {
            model.Body![0] = 30;
            model.Head[0] = 0.1f;
            model.ClipGradients();
        }

        Assert.Equal((30, 0.1), (run.Recommend(model).Limit, run.Recommend(model, "heads").Limit));
        Assert.Equal("[ClipGradNorm(0.1, Group = \"heads\")]", run.Recommend(model, "heads").Attribute);
        Assert.Equal(2, run.Recommendations.Count);
        string message = Assert.Throws<InvalidOperationException>(() => run.Recommend(model, "tails")).Message;
        Assert.Contains("'tails'", message, StringComparison.Ordinal);
        message = Assert.Throws<InvalidOperationException>(() => run.Recommend(new PlainModel())).Message;
        Assert.Contains("GroupedModel", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_is_bounded_for_any_length_of_run()
    {
        var record = new ModelRecord(new ModelIdentity("m", "m", null, null, null, null));
        var layout = new ModelLayout();
        layout.Limits.Add(new LimitKey(null, null, false, ClipScope.Global, 2));
        for (int i = 0; i < 1000; i++)
            layout.Gradients.Add($"_d{i}");
        record.Lay(layout);
        var step = new StepEvent();
        step.Shares.AddRange(Enumerable.Repeat((byte)1, 1000));
        step.Limits.Add(default);
        for (int i = 0; i < 20_000; i++)
        {
            step.Limits[0] = new LimitStep(Math.Exp(i % 100), 1, 1, true);
            record.Add(step);
        }

        Assert.Equal(ModelRecord.MostGradients, record.Gradients.Count);
        Assert.Equal(20_000, record.Limits[0].Timeline.Steps);
        Assert.InRange(record.Limits[0].Timeline.Columns.Length, 256, 512);
        Assert.Equal(20_000, record.Limits[0].Timeline.Columns.ToArray().Sum(column => column.Steps));
        Assert.InRange(record.Shares.Columns.Length, 256, 512);
    }

    [Fact]
    public void Several_models_on_several_threads()
    {
        using NormRecorder run = Start();
        var threads = Enumerable.Range(0, 4).Select(number => new Thread(() =>
        {
            var plain = new PlainModel();
            var grouped = new GroupedModel();
            for (int step = 0; step < 500; step++)
            {
                plain.Fill(2).ClipGradients();
                grouped.Body![0] = 0.5f;
                grouped.ClipGradients();
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Equal(4000, run.Steps);
        Assert.Equal([2000, 2000], ReadBack().Models.Select(model => model.Steps));
    }

    [Fact]
    public void A_journal_that_is_cut_off_anywhere_is_read_up_to_the_cut()
    {
        using (Start())
        {
            var model = new PlainModel();
            for (int step = 0; step < 20; step++)
                model.Fill(step + 1).ClipGradients();
            new GroupedModel().ClipGradients();
        }

        byte[] whole = File.ReadAllBytes(Journal);
        long last = 0;
        for (int length = 0; length <= whole.Length; length++)
        {
            string cut = Path.Combine(_folder, "cut");
            File.WriteAllBytes(cut, whole[..length]);
            long steps = 0;
            try
            {
                steps = NormRecorder.Read(cut).Steps;
            }
            catch (InvalidDataException exception)
            {
                Assert.Equal(0, last);
                Assert.Contains(cut, exception.Message, StringComparison.Ordinal);
            }

            Assert.InRange(steps, last, last + 1);
            last = steps;
        }

        Assert.Equal(21, last);
    }

    [Fact]
    public void A_damaged_journal_is_read_up_to_the_damage()
    {
        using (Start())
        {
            var model = new PlainModel();
            for (int step = 0; step < 20; step++)
                model.Fill(step + 1).ClipGradients();
        }

        byte[] whole = File.ReadAllBytes(Journal);
        var random = new Random(3);
        string damaged = Path.Combine(_folder, "damaged");
        for (int i = 0; i < 500; i++)
        {
            byte[] bytes = [.. whole];
            int position = random.Next(ClipGen.Observing.Recording.Journal.Signature.Length, bytes.Length);
            bytes[position] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(damaged, bytes);
            long steps = 0;
            try
            {
                steps = NormRecorder.Read(damaged).Steps;
            }
            catch (InvalidDataException)
            {
                // The first entry is damaged.
            }

            Assert.InRange(steps, 0, 20);
        }
    }

    [Fact]
    public void What_is_read_from_a_journal_recommends_and_saves_the_same()
    {
        using NormRecorder run = Start();
        var model = new GroupedModel();
        for (int step = 0; step < 300; step++)
        {
            model.Body![1] = 0.01f * step;
            model.Head[1] = 1;
            model.ClipGradients();
        }

        NormRecorder read = NormRecorder.Read(Journal);
        Assert.Equal(run.Recommendations, read.Recommendations);
        run.Save(Path.Combine(_folder, "a.clipgen.json"));
        read.Save(Path.Combine(_folder, "b.clipgen.json"));
        Assert.Equal(File.ReadAllText(Path.Combine(_folder, "a.clipgen.json")), File.ReadAllText(Path.Combine(_folder, "b.clipgen.json")));
        run.WriteReport(Path.Combine(_folder, "a.html"));
        read.WriteReport(Path.Combine(_folder, "b.html"));
        Assert.Equal(File.ReadAllText(Path.Combine(_folder, "a.html")), File.ReadAllText(Path.Combine(_folder, "b.html")));
    }

    [Fact]
    public void The_journal_goes_when_the_run_is_saved_and_stays_when_it_is_not()
    {
        using (Start())
            new PlainModel().Fill(2).ClipGradients();
        Assert.True(File.Exists(Journal));
        File.Delete(Journal);

        using (NormRecorder run = Start())
        {
            new PlainModel().Fill(2).ClipGradients();
            run.Save(Path.Combine(_folder, "run.clipgen.json"));
        }

        Assert.False(File.Exists(Journal));
    }

    [Fact]
    public void An_existing_journal_is_not_overwritten()
    {
        File.WriteAllText(Journal, "mine");
        Assert.Throws<IOException>(() => Start());
        Assert.Equal("mine", File.ReadAllText(Journal));
    }

    [Fact]
    public void The_record_for_the_compiler_says_what_it_needs()
    {
        using NormRecorder run = Start();
        var model = new PlainModel();
        for (int step = 1; step <= 200; step++)
            model.Fill(step * 0.1).ClipGradients();
        string path = Path.Combine(_folder, "lstm.clipgen.json");
        run.Save(path);

        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        JsonElement root = document.RootElement;
        Assert.Equal((1, "lstm"), (root.GetProperty("clipgen").GetInt32(), root.GetProperty("run").GetString()));
        JsonElement recorded = Assert.Single(root.GetProperty("models").EnumerateArray());
        Assert.Equal("ClipGen.Tests.Observing.PlainModel", recorded.GetProperty("type").GetString());
        Assert.Matches("^[0-9a-f]{16}$", recorded.GetProperty("fingerprint").GetString());
        JsonElement limit = Assert.Single(recorded.GetProperty("limits").EnumerateArray());
        Assert.Equal(1.0, limit.GetProperty("limit").GetDouble());
        Assert.Equal((200, 190), (limit.GetProperty("steps").GetInt32(), limit.GetProperty("clipped").GetInt32()));
        Assert.InRange(limit.GetProperty("quantiles").GetProperty("p50").GetDouble(), 9.9, 10.2);
        Assert.Equal(run.Recommend(model).Limit, limit.GetProperty("recommended").GetDouble());
        Assert.DoesNotContain(_folder, File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_recorded_after_the_end()
    {
        NormRecorder run = Start();
        var model = new PlainModel();
        model.Fill(2).ClipGradients();
        run.Dispose();
        model.Fill(2).ClipGradients();
        Assert.Equal(1, run.Steps);
        Assert.Equal(2, run.Recommend(model).Limit);
        run.Dispose();
    }

    [Fact]
    public void A_run_has_a_name() => Assert.Throws<ArgumentException>(() => NormRecorder.Start(" "));

    private static void ClipInFirst()
    {
        float[] dW = [3, 4];
        Gradients.ClipNorm(1, dW);
    }

    private static void ClipInSecond()
    {
        float[] dW = [3, 4];
        Gradients.ClipNorm(2, dW);
        Gradients.ClipNorm(2, dW);
    }

    private NormRecorder Start() => NormRecorder.Start("lstm", new NormRecorderOptions { JournalPath = Journal });

    private RunRecord ReadBack()
    {
        using var file = new FileStream(Journal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return JournalReader.Read(file);
    }
}

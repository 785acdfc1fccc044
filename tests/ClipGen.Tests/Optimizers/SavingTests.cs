using System.Buffers.Binary;
using System.Text;
using ClipGen.Optimizers;

#pragma warning disable IDE0052 // Generated code reads what no other code does.

namespace ClipGen.Tests.Optimizers;

/// <summary>State in the safetensors format.</summary>
public sealed partial class SavingTests
{
    public static TheoryData<string> Optimizers => [.. OptimizerCases.All];

    internal static byte[] Saved(Optimizer optimizer)
    {
        using var stream = new MemoryStream();
        optimizer.Save(stream);
        return stream.ToArray();
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Training_goes_on_with_the_same_bits(string name)
    {
        (EveryForm model, Optimizer optimizer) = Trained(name, steps: 3);
        byte[] saved = Saved(optimizer);
        EveryForm copy = new();
        Copy(model, copy);
        Optimizer resumed = OptimizerCases.Create(name);
        resumed.LearningRate = 123;
        resumed.Load(new MemoryStream(saved));
        Assert.Equal(optimizer.LearningRate, resumed.LearningRate);
        Assert.Equal(saved, Saved(resumed));

        for (int step = 0; step < 3; step++)
        {
            Walker.FillGradients(model, new Random(step), 5);
            Walker.FillGradients(copy, new Random(step), 5);
            optimizer.ClipAndStep(model);
            resumed.ClipAndStep(copy);
        }

        foreach ((string path, (_, double[] parameter)) in Walker.Read(model))
            Assert.Equal(parameter, Walker.Read(copy)[path].Parameter);
    }

    [Fact]
    public void Tensors_are_named_by_the_path_of_the_parameter()
    {
        (_, Optimizer optimizer) = Trained("AdamW", steps: 2);

        string header = HeaderOf(Saved(optimizer));

        Assert.Contains("\"_array.exp_avg\":{\"dtype\":\"F32\",\"shape\":[5]", header, StringComparison.Ordinal);
        Assert.Contains("\"_layers[0]._w.exp_avg_sq\":{\"dtype\":\"F64\",\"shape\":[17]", header, StringComparison.Ordinal);
        Assert.Contains("\"_jagged[1].exp_avg\"", header, StringComparison.Ordinal);
        Assert.Contains("\"_weight.Value.exp_avg\"", header, StringComparison.Ordinal);
        Assert.Contains("\"_array.step\":\"2\"", header, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_cut_off_anywhere_changes_nothing()
    {
        var model = new SmallModel<double>([1, 2, 3]) { DW = [1, 1, 1] };
        var optimizer = new Adam();
        optimizer.ClipAndStep(model);
        byte[] saved = Saved(optimizer);
        var other = new Adam(0.5);
        other.ClipAndStep(model);
        byte[] before = Saved(other);
        for (int length = 0; length < saved.Length; length++)
        {
            string message = Assert.Throws<InvalidDataException>(() => other.Load(new MemoryStream(saved[..length]))).Message;
            Assert.Contains("nothing was changed", message, StringComparison.Ordinal);
        }

        Assert.Equal(before, Saved(other));
    }

    [Fact]
    public void A_changed_file_is_read_or_refused_and_never_half_read()
    {
        var model = new SmallModel<double>([1, 2, 3]) { DW = [1, 1, 1] };
        var optimizer = new Adam();
        optimizer.ClipAndStep(model);
        byte[] saved = Saved(optimizer);
        var random = new Random(5);
        int refused = 0;
        for (int i = 0; i < 3000; i++)
        {
            byte[] changed = [.. saved];
            for (int n = random.Next(1, 4); n > 0; n--)
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            byte[] before = Saved(optimizer);
            try
            {
                optimizer.Load(new MemoryStream(changed));
            }
            catch (InvalidDataException)
            {
                refused++;
                Assert.Equal(before, Saved(optimizer));
            }

            optimizer.Load(new MemoryStream(saved));
        }

        Assert.True(refused > 1000, $"{refused} were refused.");
    }

    [Theory]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1000000000],\"data_offsets\":[0,4000000000]}}", "4000000000")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,-4]}}", "contradict")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387905],\"data_offsets\":[0,4]}}", "contradict")]
    [InlineData("{\"a\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[0,2]}}", "BF16")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "do not start")]
    [InlineData("{\"a\":7}", "header")]
    [InlineData("[]", "header")]
    [InlineData("{}", "not saved by an optimizer")]
    [InlineData("{\"__metadata__\":{\"clipgen.version\":\"9\",\"clipgen.optimizer\":\"Adam\"}}", "version 9")]
    [InlineData("{\"__metadata__\":{\"clipgen.version\":\"1\",\"clipgen.optimizer\":\"Sgd\"}}", "type Sgd")]
    [InlineData("{\"__metadata__\":{\"clipgen.version\":\"1\",\"clipgen.optimizer\":\"Adam\"}}", "learning_rate")]
    public void Hostile_headers_are_refused(string header, string reason)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] file = new byte[8 + text.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)text.Length);
        text.CopyTo(file, 8);

        string message = Assert.Throws<InvalidDataException>(() => new Adam().Load(new MemoryStream(file))).Message;

        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_length_beyond_the_file_asks_for_no_memory()
    {
        byte[] file = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(file, ulong.MaxValue);

        Assert.Contains("truncated", Assert.Throws<InvalidDataException>(() => new Adam().Load(new MemoryStream(file))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_state_of_another_model_is_refused_by_path()
    {
        var small = new SmallModel<double>([1, 2]) { DW = [1, 1] };
        var large = new SmallModel<double>([1, 2, 3]) { DW = [1, 1, 1] };
        var ofSmall = new Adam();
        ofSmall.ClipAndStep(small);

        var used = new Adam();
        used.ClipAndStep(large);
        string message = Assert.Throws<InvalidDataException>(() => used.Load(new MemoryStream(Saved(ofSmall)))).Message;
        Assert.Contains("'_w' was saved with 2 elements", message, StringComparison.Ordinal);

        var fresh = new Adam();
        fresh.Load(new MemoryStream(Saved(ofSmall)));
        message = Assert.Throws<InvalidOperationException>(() => fresh.ClipAndStep(large)).Message;
        Assert.Contains("'_w' with 2 elements", message, StringComparison.Ordinal);

        var ofOther = new Adam();
        ofOther.ClipAndStep(new OtherModel());
        fresh.Load(new MemoryStream(Saved(ofOther)));
        message = Assert.Throws<InvalidOperationException>(() => fresh.ClipAndStep(small)).Message;
        Assert.Contains("'_weights'", message, StringComparison.Ordinal);
        message = Assert.Throws<InvalidDataException>(() => used.Load(new MemoryStream(Saved(ofOther)))).Message;
        Assert.Contains("'_weights'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_that_cannot_seek()
    {
        (_, Optimizer optimizer) = Trained("Adam", steps: 1);
        byte[] saved = Saved(optimizer);
        var resumed = new Adam();

        resumed.Load(new ForwardStream(saved));

        Assert.Equal(saved, Saved(resumed));
    }

    private static (EveryForm Model, Optimizer Optimizer) Trained(string name, int steps)
    {
        EveryForm model = new();
        Walker.Fill(model, new Random(3));
        Optimizer optimizer = OptimizerCases.Create(name);
        for (int step = 0; step < steps; step++)
        {
            Walker.FillGradients(model, new Random(step), 5);
            optimizer.ClipAndStep(model);
        }

        return (model, optimizer);
    }

    private static void Copy(EveryForm from, EveryForm to)
    {
        var read = Walker.Read(from);
        var walker = new Walker(null, null, (path, i) => read[path].Parameter[i]);
        to.VisitGradients(ref walker);
    }

    private static string HeaderOf(byte[] file) =>
        Encoding.UTF8.GetString(file, 8, (int)BinaryPrimitives.ReadUInt64LittleEndian(file));

    [ClipGradNorm(1.0)]
    private sealed partial class OtherModel
    {
        [Parameter(Gradient = nameof(_gradients))] private readonly float[] _weights = [1];
        private readonly float[] _gradients = [1];
    }

    private sealed class ForwardStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();
    }
}

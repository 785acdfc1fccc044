namespace TorchCharLstm;

/// <summary>The settings of the experiment.</summary>
public sealed record Settings
{
    /// <summary>The folder that the chart is written to.</summary>
    public DirectoryInfo Output { get; init; } = new(Path.Combine("output", "torch-char-lstm"));

    /// <summary>The number of seeds. Each has its own pair of networks, which start with the same weights.</summary>
    public int Seeds { get; init; } = 3;

    /// <summary>Training steps of each network.</summary>
    public int Steps { get; init; } = 1200;

    /// <summary>Learning rates of the clipped networks. The best counts.</summary>
    public IReadOnlyList<double> ClippedRates { get; init; } = [8];

    /// <summary>Learning rates of the unclipped networks. The best counts.</summary>
    public IReadOnlyList<double> UnclippedRates { get; init; } = [4];

    /// <summary>Units of each LSTM layer.</summary>
    public int Hidden { get; init; } = 96;

    /// <summary>The number of characters that gradients are propagated over. The state is passed from one stretch of text to the
    /// next.</summary>
    public int Length { get; init; } = 64;

    /// <summary>The number of stretches of text that are read in parallel.</summary>
    public int Batch { get; init; } = 16;

    /// <summary>The maximum number of tags that are open at the same time.</summary>
    public int Depth { get; init; } = 3;

    /// <summary>The number of characters of the text that is sampled at the end.</summary>
    public int SampleLength { get; init; } = 300;
}

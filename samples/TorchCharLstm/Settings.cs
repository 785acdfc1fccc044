namespace TorchCharLstm;

/// <summary>What is trained, and for how long.</summary>
public sealed record Settings
{
    /// <summary>The text to learn; null for this repository's C# sources.</summary>
    public FileInfo? Text { get; init; }

    /// <summary>The folder that the chart is written to.</summary>
    public DirectoryInfo Output { get; init; } = new(Path.Combine("output", "torch-char-lstm"));

    /// <summary>Training steps of each of the two networks.</summary>
    public int Steps { get; init; } = 500;

    /// <summary>Units of each LSTM layer.</summary>
    public int Hidden { get; init; } = 128;

    /// <summary>Characters over which gradients flow back. The state is carried from one stretch of text to the next.</summary>
    public int Length { get; init; } = 64;

    /// <summary>Stretches of text that are read side by side.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>The learning rate of AdamW, the same with and without clipping.</summary>
    public double LearningRate { get; init; } = 0.06;

    /// <summary>Decides the initial weights and the sampled text.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Characters of the sampled text.</summary>
    public int SampleLength { get; init; } = 600;
}

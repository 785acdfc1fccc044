namespace TemporalOrder;

/// <summary>The purpose of a stream of random numbers. It is part of the seed, so that no two purposes share a stream.</summary>
internal static class RandomPurpose
{
    public const int Weights = 1;
    public const int Training = 2;
    public const int Evaluation = 3;
}

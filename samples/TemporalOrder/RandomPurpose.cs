namespace TemporalOrder;

/// <summary>What a stream of random numbers is drawn for: part of its seed, so that no two purposes share a stream.</summary>
internal static class RandomPurpose
{
    public const int Weights = 1;
    public const int Training = 2;
    public const int Evaluation = 3;
}

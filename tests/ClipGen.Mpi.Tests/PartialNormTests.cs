using ClipGen.Mpi.Ranks;
using ClipGen.Numerics;

namespace ClipGen.Mpi.Tests;

/// <summary>Parts of a norm can be added in any order and grouping, and give the norm of the whole.</summary>
public sealed class PartialNormTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(double.PositiveInfinity)]
    public void Parts_add_up_to_the_norm_of_the_whole(double order)
    {
        for (int seed = 0; seed < 10; seed++)
        {
            float[][] buffers = Buffers.Create(seed);
            double whole = GradientOperations.Norm(new Euclidean(buffers), order);
            PartialNorm[] parts = [.. buffers.Select(buffer => PartialNorm.Of(new Euclidean([buffer]), order))];
            new Random(seed).Shuffle(parts);
            PartialNorm first = parts.Take(5).Aggregate((left, right) => left + right);
            PartialNorm second = parts.Skip(5).Aggregate((left, right) => PartialNorm.Add(left, right));

            Assert.Equal(whole, (first + second).Norm);
            Assert.Equal(whole, (second + first + default(PartialNorm)).Norm);
            Assert.True((first + second).IsExact);
        }
    }

    [Fact]
    public void A_NaN_in_a_part_is_not_lost()
    {
        PartialNorm sum = PartialNorm.Of(new Euclidean([[1]])) + PartialNorm.Of(new Euclidean([[float.NaN]]));

        Assert.Equal(double.NaN, sum.Norm);
        Assert.False(sum.IsExact);
    }

    [Fact]
    public void Wrong_use_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PartialNorm.Of(new Euclidean([]), 3));
        Assert.Throws<InvalidOperationException>(() => PartialNorm.Of(new Euclidean([]), 1) + PartialNorm.Of(new Euclidean([]), 2));
        float[] tied = [1];
        Assert.Throws<InvalidOperationException>(() => PartialNorm.Of(new Euclidean([tied, tied])));
    }
}

using ClipGen.Mpi.Ranks;

namespace ClipGen.Mpi.Tests;

/// <summary>
/// Limits over several ranks give the bits of one process in every step. The ranks are interrupted and resume from saved state. The process
/// that they are compared with is not interrupted.
/// </summary>
public sealed class LimitTrajectoryTests
{
    public static TheoryData<string, string> All => [.. Trajectory.All];

    public static TheoryData<string, string> Steps =>
        [.. Trajectory.All.Where(one => one.Call.StartsWith("step", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(All))]
    public void Where_each_rank_holds_other_buffers(string limit, string call)
    {
        string expected = new Trajectory(limit, call, resumes: false).RunAlone();
        for (int size = 1; size <= 5; size += 2)
        {
            string[] logs = Threads.Run(size, exchange => new Trajectory(limit, call, resumes: true).RunSharded(exchange));
            Assert.All(logs, log => Assert.Equal(expected, log));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Where_ranks_average_their_gradients(string limit, string call)
    {
        for (int size = 2; size <= 3; size++)
        {
            string expected = new Trajectory(limit, call, resumes: false).RunOnMeans(size);
            string[] logs = Threads.Run(size, exchange => new Trajectory(limit, call, resumes: true).RunDataParallel(exchange));
            Assert.All(logs, log => Assert.Equal(expected, log));
        }
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Where_each_rank_keeps_the_state_of_a_part(string limit, string call)
    {
        for (int size = 2; size <= 3; size++)
        {
            string expected = new Trajectory(limit, call, resumes: false).RunOnMeans(size);
            string[] logs = Threads.Run(size, exchange => new Trajectory(limit, call, resumes: true).RunWithShardedState(exchange));
            Assert.All(logs, log => Assert.Equal(expected, log));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Each_clips_and_meets_one_NaN(string limit, string call)
    {
        string[] steps = new Trajectory(limit, call, resumes: false).RunAlone().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Single(steps, step => step.StartsWith("not finite", StringComparison.Ordinal));
        Assert.Contains(steps, step => step.Contains("clipped", StringComparison.Ordinal));
    }
}

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests.Stepping;

/// <summary>Compares the fused clip and step with TorchSharp's clip and step, for random options, groups, shapes and types.</summary>
public sealed class OracleStepTests : TorchTests
{
    public static TheoryData<string, ScalarType, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, ScalarType, int>();
            foreach (string kind in Enum.GetNames<OptimizerPair.Kind>())
            {
                foreach (ScalarType type in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
                {
                    for (int seed = 0; seed < 3; seed++)
                        cases.Add(kind, type, seed);
                }
            }

            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Hundreds_of_steps_agree(string kind, ScalarType type, int seed)
    {
        var random = new Random(seed);
        using var pair = new OptimizerPair(random, Enum.Parse<OptimizerPair.Kind>(kind), type);
        for (int step = 0; step < 200; step++)
        {
            pair.SetGradients(step % 3 == 0 ? 0.001 : 2);
            pair.StepExpected();
            pair.StepActual(zeroGradients: step % 2 == 0);
        }

        pair.AssertEqual(Tolerance(type));
    }

    [Theory, MemberData(nameof(Cases))]
    public void Plain_steps_and_schedulers_and_saved_states_mix_in_any_order(string kind, ScalarType type, int seed)
    {
        var random = new Random(seed + 100);
        using var pair = new OptimizerPair(random, Enum.Parse<OptimizerPair.Kind>(kind), type);
        using var other = new OptimizerPair(new Random(seed + 100), Enum.Parse<OptimizerPair.Kind>(kind), type);
        var expectedSchedule = optim.lr_scheduler.ExponentialLR(pair.Expected, 0.97);
        var actualSchedule = optim.lr_scheduler.ExponentialLR(pair.Actual, 0.97);
        for (int step = 0; step < 60; step++)
        {
            pair.SetGradients(step % 3 == 0 ? 0.001 : 2, nulls: step < 2 ? 0 : 0.1);
            pair.StepExpected();
            if (random.Next(2) == 0)
            {
                using DisposeScope scope = NewDisposeScope();
                nn.utils.clip_grad_norm_(pair.ActualParameters.Where(parameter => parameter.grad is not null), OptimizerPair.MaxNorm);
                pair.Actual.step();
            }
            else
            {
                pair.StepActual();
            }

            if (step % 5 == 4)
            {
                expectedSchedule.step();
                actualSchedule.step();
            }

            if (step % 20 == 19)
                Reload(pair.Actual, other.Actual);
        }

        pair.AssertEqual(Tolerance(type));
    }

    [Fact]
    public void Trained_models_agree()
    {
        using var expected = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 5));
        using var actual = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 5));
        actual.load_state_dict(expected.state_dict());
        using var expectedOptimizer = optim.AdamW(expected.parameters(), 1e-3, weight_decay: 0.01);
        using var actualOptimizer = optim.AdamW(actual.parameters(), 1e-3, weight_decay: 0.01);
        using DisposeScope scope = NewDisposeScope();
        for (int step = 0; step < 100; step++)
        {
            using DisposeScope inner = NewDisposeScope();
            Tensor input = randn(8, 1, 8, 8);
            Tensor target = randint(0, 5, 8);
            expectedOptimizer.zero_grad();
            nn.functional.cross_entropy(expected.call(input), target).backward();
            nn.utils.clip_grad_norm_(expected.parameters(), 0.5);
            expectedOptimizer.step();

            // The previous step zeroed the gradients.
            nn.functional.cross_entropy(actual.call(input), target).backward();
            Assert.True(OptimizerPair.IsFused(actualOptimizer));
            actualOptimizer.ClipAndStep(0.5, epsilon: 1e-6, zeroGradients: true);
        }

        foreach ((Parameter left, Parameter right) in expected.parameters().Zip(actual.parameters()))
            Assert.True((left - right).abs().max().ToDouble() < 2e-5);
    }

    // Copies the state to another optimizer and back, through a stream.
    private static void Reload(OptimizerHelper optimizer, OptimizerHelper other)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true))
            optimizer.save_state_dict(writer);
        stream.Position = 0;
        using var reader = new BinaryReader(stream);
        other.load_state_dict(reader);
        if (other is not SGD)
            optimizer.load_state_dict(other.state_dict());
    }

    private static double Tolerance(ScalarType type) => type == ScalarType.Float32 ? 2e-6 : 1e-12;
}

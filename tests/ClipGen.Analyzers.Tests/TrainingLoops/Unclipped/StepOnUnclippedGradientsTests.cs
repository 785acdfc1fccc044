namespace ClipGen.Analyzers.Tests.TrainingLoops.Unclipped;

/// <summary>CLIP101: an optimizer steps on gradients that no path clips.</summary>
public sealed class StepOnUnclippedGradientsTests
{
    [Fact]
    public Task Plain_loop_is_reported() => LoopTest.StatementsAsync("""
        foreach (var (x, y) in batches)
        {
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(x), y);
            loss.backward();
            {|CLIP101:optimizer.step()|};
        }
        """);

    [Fact]
    public Task Clipped_loop_is_not() => LoopTest.StatementsAsync("""
        foreach (var (x, y) in batches)
        {
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(x), y);
            loss.backward();
            nn.utils.clip_grad_norm_(model.parameters(), 1.0);
            optimizer.step();
        }
        """);

    [Fact]
    public Task Clip_that_is_commented_out_is_none() => LoopTest.StatementsAsync("""
        foreach (var (x, y) in batches)
        {
            optimizer.zero_grad();
            functional.mse_loss(model.forward(x), y).backward();
            // nn.utils.clip_grad_norm_(model.parameters(), 1.0);
            {|CLIP101:optimizer.step()|};
        }
        """);

    [Fact]
    public Task Configured_clip_counts() => LoopTest.StatementsAsync("""
        foreach (var (x, y) in batches)
        {
            optimizer.zero_grad();
            functional.mse_loss(model.forward(x), y).backward();
            if (clip > 0)
                nn.utils.clip_grad_norm_(model.parameters(), max_norm: clip);
            optimizer.step();
        }
        """);

    [Fact]
    public Task Clip_in_a_helper_counts() => LoopTest.MembersAsync("""
        void Train()
        {
            foreach (var (x, y) in _batches)
            {
                _optimizer.zero_grad();
                Loss(x, y).backward();
                ClipGradients(_model);
                _optimizer.step();
            }
        }

        static void ClipGradients(nn.Module model) => nn.utils.clip_grad_norm_(model.parameters(), 1.0);
        """);

    [Fact]
    public Task Step_in_a_helper_is_reported_at_its_call() => LoopTest.MembersAsync("""
        void Train()
        {
            foreach (var (x, y) in _batches)
            {
                Loss(x, y).backward();
                {|CLIP101:Apply()|};
            }
        }

        void Apply()
        {
            _optimizer.step();
            _optimizer.zero_grad();
        }
        """);
}

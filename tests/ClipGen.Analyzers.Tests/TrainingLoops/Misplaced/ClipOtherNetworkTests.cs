namespace ClipGen.Analyzers.Tests.TrainingLoops.Misplaced;

/// <summary>CLIP106: the clip is of another network than the step.</summary>
public sealed class ClipOtherNetworkTests
{
    [Fact]
    public Task Clip_of_another_network() => LoopTest.MembersAsync("""
        void Other(Tensor x, Tensor y)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            {|CLIP106:nn.utils.clip_grad_norm_(_other.parameters(), 1.0)|};
            _optimizer.step();
        }

        void Part(Tensor x, Tensor y)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            {|CLIP106:nn.utils.clip_grad_norm_(_model.encoder.parameters(), 1.0)|};
            _optimizer.step();
        }

        void AllParts(Tensor x, Tensor y)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            nn.utils.clip_grad_norm_(_model.encoder.parameters(), 1.0);
            nn.utils.clip_grad_norm_(_model.head.parameters(), 1.0);
            _optimizer.step();
        }

        void OneOfTwo(Tensor x, Tensor y)
        {
            var both = optim.Adam(_model.parameters().Concat(_other.parameters()));
            both.zero_grad();
            Loss(x, y).backward();
            {|CLIP106:nn.utils.clip_grad_norm_(_model.parameters(), 1.0)|};
            both.step();
        }

        void BothAtOnce(Tensor x, Tensor y)
        {
            var both = optim.Adam(_model.parameters().Concat(_other.parameters()));
            both.zero_grad();
            Loss(x, y).backward();
            nn.utils.clip_grad_norm_(_model.parameters().Concat(_other.parameters()), 1.0);
            both.step();
        }

        void Unknown(Tensor x, Tensor y, Net passed)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            nn.utils.clip_grad_norm_(passed.parameters(), 1.0);
            _optimizer.step();
        }

        void Alias(Tensor x, Tensor y)
        {
            var net = _model;
            _optimizer.zero_grad();
            Loss(x, y).backward();
            nn.utils.clip_grad_norm_(net.parameters(), 1.0);
            _optimizer.step();
        }

        void ByOptimizer(Tensor x, Tensor y)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            nn.utils.clip_grad_norm_(_optimizer.parameters(), 1.0);
            _optimizer.step();
        }
        """);

    [Fact]
    public Task Clip_of_the_first_of_two_networks_does_not_count_for_the_second() => LoopTest.MembersAsync("""
        void Train(Tensor x, Tensor y)
        {
            var other = optim.Adam(_other.parameters());
            _optimizer.zero_grad();
            other.zero_grad();
            Loss(x, y).backward();
            nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
            _optimizer.step();
            {|CLIP101:other.step()|};
        }
        """);
}

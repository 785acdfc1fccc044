namespace ClipGen.Analyzers.Tests.TrainingLoops.Unclipped;

/// <summary>CLIP101 over the statements that training loops consist of.</summary>
public sealed class LoopShapeTests
{
    [Fact]
    public Task Accumulation() => LoopTest.StatementsAsync("""
        for (int i = 0; i < batches.Count; i++)
        {
            model.forward(batches[i].x).mean().backward();
            if ((i + 1) % 4 == 0)
            {
                {|CLIP101:optimizer.step()|};
                optimizer.zero_grad();
            }
        }

        for (int i = 0; i < batches.Count; i++)
        {
            model.forward(batches[i].x).mean().backward();
            if ((i + 1) % 4 == 0)
            {
                nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                optimizer.step();
                optimizer.zero_grad();
            }
        }
        """);

    [Fact]
    public Task Backward_in_an_inner_loop() => LoopTest.StatementsAsync("""
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            optimizer.zero_grad();
            foreach (var (x, y) in batches)
                functional.mse_loss(model.forward(x), y).backward();
            {|CLIP101:optimizer.step()|};
        }
        """);

    [Fact]
    public Task Backward_in_a_using_scope() => LoopTest.StatementsAsync("""
        foreach (var (x, y) in batches)
        {
            optimizer.zero_grad();
            using (torch.NewDisposeScope())
            {
                functional.mse_loss(model.forward(x), y).backward();
            }

            {|CLIP101:optimizer.step()|};
        }

        foreach (var (x, y) in batches)
        {
            using var scope = torch.NewDisposeScope();
            optimizer.zero_grad();
            using (var loss = functional.mse_loss(model.forward(x), y))
            {
                loss.backward();
                nn.utils.clip_grad_norm_(model.parameters(), 1.0);
            }

            optimizer.step();
        }
        """);

    [Fact]
    public Task Lambda_passed_to_a_runner() => LoopTest.StatementsAsync("""
        void Run(Action body) => body();

        Run(() =>
        {
            optimizer.zero_grad();
            model.forward(batches[0].x).mean().backward();
            {|CLIP101:optimizer.step()|};
        });
        Run(() => model.forward(batches[0].x).mean().backward());
        Run(() => nn.utils.clip_grad_norm_(model.parameters(), 1.0));
        Run(() => optimizer.step());
        """);

    [Fact]
    public Task Local_functions() => LoopTest.StatementsAsync("""
        foreach (var (x, y) in batches)
        {
            optimizer.zero_grad();
            Backward(x);
            Step();
        }

        void Backward(Tensor x) => model.forward(x).mean().backward();
        void Step() => {|CLIP101:optimizer.step()|};
        """);

    [Fact]
    public Task Top_level_statements() => LoopTest.FileAsync("""
        var model = nn.Sequential(nn.Linear(4, 8), nn.Linear(8, 1));
        var optimizer = torch.optim.Adam(model.parameters());
        for (int i = 0; i < 100; i++)
        {
            using var loss = functional.mse_loss(model.forward(torch.randn(8, 4)), torch.randn(8, 1));
            optimizer.zero_grad();
            loss.backward();
            {|CLIP101:optimizer.step()|};
        }
        """);

    [Fact]
    public Task Async_iterators_and_async_void() => LoopTest.MembersAsync("""
        async IAsyncEnumerable<float> Losses()
        {
            foreach (var (x, y) in _batches)
            {
                await Task.Yield();
                _optimizer.zero_grad();
                var loss = Loss(x, y);
                loss.backward();
                {|CLIP101:_optimizer.step()|};
                yield return loss.item<float>();
            }
        }

        async void OnTimer(Tensor x, Tensor y)
        {
            await Task.Delay(1);
            _optimizer.zero_grad();
            Loss(x, y).backward();
            nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
            _optimizer.step();
        }

        async Task Learn(Tensor x, Tensor y)
        {
            await Task.Run(() =>
            {
                _optimizer.zero_grad();
                Loss(x, y).backward();
                {|CLIP101:_optimizer.step()|};
            });
        }
        """);

    [Fact]
    public Task Conditional_and_forgiving_backward() => LoopTest.MembersAsync("""
        void Conditional(Tensor? loss)
        {
            _optimizer.zero_grad();
            loss?.backward();
            {|CLIP101:_optimizer.step()|};
        }

        void Forgiving(Tensor? loss)
        {
            _optimizer.zero_grad();
            loss!.backward();
            using var s = {|CLIP101:_optimizer.step()|};
        }

        void ConditionalStep(Tensor loss, optim.Optimizer? optimizer)
        {
            loss.backward();
            {|CLIP101:optimizer?.step()|};
        }

        void ConditionalClip(Tensor loss, Net? model)
        {
            loss.backward();
            model?.ClipGrads(1.0);
            _optimizer.step();
        }
        }

        static class NetExtensions
        {
            public static void ClipGrads(this Net model, double limit) => nn.utils.clip_grad_norm_(model.parameters(), limit);
        """);

    [Fact]
    public Task No_lexical_loop() => LoopTest.MembersAsync("""
        void Update()
        {
            var (x, y) = _batches[0];
            _optimizer.zero_grad();
            Loss(x, y).backward();
            {|CLIP101:_optimizer.step()|};
        }
        """);

    [Fact]
    public Task Try_finally_and_catch() => LoopTest.MembersAsync("""
        void Finally(Tensor x, Tensor y)
        {
            try
            {
                Loss(x, y).backward();
                {|CLIP101:_optimizer.step()|};
            }
            finally
            {
                _optimizer.zero_grad();
            }
        }

        void StepInFinally(Tensor x, Tensor y)
        {
            try
            {
                Loss(x, y).backward();
            }
            finally
            {
                {|CLIP101:_optimizer.step()|};
            }
        }

        void Clipped(Tensor x, Tensor y)
        {
            foreach (var batch in _batches)
            {
                try
                {
                    _optimizer.zero_grad();
                    Loss(x, y).backward();
                    nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
                    _optimizer.step();
                }
                catch (InvalidOperationException)
                {
                    continue;
                }
            }
        }
        """);

    [Fact]
    public Task Switch() => LoopTest.MembersAsync("""
        void Train(Tensor x, Tensor y, string mode)
        {
            _optimizer.zero_grad();
            Loss(x, y).backward();
            switch (mode)
            {
                case "norm":
                    nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
                    break;
                case "value":
                    nn.utils.clip_grad_value_(_model.parameters(), 0.5);
                    break;
            }

            _optimizer.step();
        }

        void Unclipped(Tensor x, Tensor y, string mode)
        {
            Loss(x, y).backward();
            switch (mode)
            {
                case "sgd":
                    {|CLIP101:_optimizer.step()|};
                    break;
                default:
                    Console.WriteLine(mode);
                    break;
            }
        }
        """);

    [Fact]
    public Task Early_continue() => LoopTest.MembersAsync("""
        void Train()
        {
            foreach (var (x, y) in _batches)
            {
                var loss = Loss(x, y);
                if (float.IsNaN(loss.item<float>()))
                    continue;
                _optimizer.zero_grad();
                loss.backward();
                if (_clip <= 0)
                    continue;
                nn.utils.clip_grad_norm_(_model.parameters(), _clip);
                _optimizer.step();
            }
        }

        void Unclipped()
        {
            foreach (var (x, y) in _batches)
            {
                var loss = Loss(x, y);
                if (float.IsNaN(loss.item<float>()))
                    continue;
                _optimizer.zero_grad();
                loss.backward();
                {|CLIP101:_optimizer.step()|};
            }
        }
        """);
}

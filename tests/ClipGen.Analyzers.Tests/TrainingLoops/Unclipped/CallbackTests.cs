namespace ClipGen.Analyzers.Tests.TrainingLoops.Unclipped;

/// <summary>CLIP101 where a library calls code of its user between the backward pass and the step.</summary>
public sealed class CallbackTests
{
    [Fact]
    public Task Interface_that_others_implement_is_handed_the_network() => LoopTest.FileAsync("""
        public interface ICallback
        {
            void OnAfterBackward(nn.Module model);
            Task OnGradientsAsync(optim.Optimizer optimizer);
            void OnLoss(float loss);
            double Measure(nn.Module model);
        }

        sealed class Trainer(Net model, optim.Optimizer optimizer, List<ICallback> callbacks)
        {
            public void Handed(Tensor x)
            {
                model.forward(x).mean().backward();
                foreach (var callback in callbacks)
                    callback.OnAfterBackward(model);
                optimizer.step();
            }

            public async Task HandedAsync(Tensor x)
            {
                model.forward(x).mean().backward();
                foreach (var callback in callbacks)
                    await callback.OnGradientsAsync(optimizer);
                optimizer.step();
            }

            public void HandedANumber(Tensor x)
            {
                var loss = model.forward(x).mean();
                loss.backward();
                foreach (var callback in callbacks)
                    callback.OnLoss(loss.item<float>());
                {|CLIP101:optimizer.step()|};
            }

            public void AskedForANumber(Tensor x)
            {
                model.forward(x).mean().backward();
                foreach (var callback in callbacks)
                    Console.WriteLine(callback.Measure(model));
                {|CLIP101:optimizer.step()|};
            }

            public void HandedAfterTheStep(Tensor x)
            {
                model.forward(x).mean().backward();
                {|CLIP101:optimizer.step()|};
                foreach (var callback in callbacks)
                    callback.OnAfterBackward(model);
            }
        }
        """);

    [Fact]
    public Task Interface_whose_only_implementation_logs() => LoopTest.FileAsync("""
        interface ICallback
        {
            void OnAfterBackward(nn.Module model);
        }

        sealed class Log : ICallback
        {
            public void OnAfterBackward(nn.Module model) => Console.WriteLine(model);
        }

        sealed class Trainer(Net model, optim.Optimizer optimizer, List<ICallback> callbacks)
        {
            void Train(Tensor x)
            {
                model.forward(x).mean().backward();
                foreach (var callback in callbacks)
                    callback.OnAfterBackward(model);
                {|CLIP101:optimizer.step()|};
            }
        }
        """);

    [Fact]
    public Task Explicit_implementation_that_clips() => LoopTest.FileAsync("""
        interface ICallback
        {
            void OnAfterBackward(nn.Module model);
        }

        sealed class Clipper : ICallback
        {
            void ICallback.OnAfterBackward(nn.Module model) => nn.utils.clip_grad_norm_(model.parameters(), 1.0);
        }

        sealed class Trainer(Net model, optim.Optimizer optimizer, List<ICallback> callbacks)
        {
            void Train(Tensor x)
            {
                model.forward(x).mean().backward();
                foreach (var callback in callbacks)
                    callback.OnAfterBackward(model);
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Abstract_method_that_others_override() => LoopTest.FileAsync("""
        abstract class Trainer(Net model, optim.Optimizer optimizer)
        {
            protected abstract void BeforeStep();
            protected virtual void OnStepping() { }

            public void Abstract(Tensor x)
            {
                model.forward(x).mean().backward();
                BeforeStep();
                optimizer.step();
            }

            public void Virtual(Tensor x)
            {
                model.forward(x).mean().backward();
                OnStepping();
                {|CLIP101:optimizer.step()|};
            }
        }
        """);
}

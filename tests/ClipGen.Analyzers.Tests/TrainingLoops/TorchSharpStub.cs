namespace ClipGen.Analyzers.Tests.TrainingLoops;

/// <summary>The part of TorchSharp's API that training loops use, without bodies, so that thousands of compilations are fast.</summary>
internal static class TorchSharpStub
{
    public const string Source = """
        using System;
        using System.Collections.Generic;

        namespace TorchSharp
        {
            using TorchSharp.Modules;

            public struct Scalar
            {
                public static implicit operator Scalar(double value) => default;
                public static implicit operator Scalar(float value) => default;
                public static implicit operator Scalar(int value) => default;
            }

            public static partial class torch
            {
                public class Device { }

                public class Tensor : IDisposable
                {
                    public Tensor? grad { get; set; }
                    public bool requires_grad { get; set; }
                    public long[] shape => throw new NotImplementedException();
                    public void backward() { }
                    public void backward(
                    IList<Tensor>? gradients, bool create_graph = false, bool retain_graph = false, IList<Tensor>? inputs = null)
                    {
                    }
                    public Tensor sub_(Tensor other) => this;
                    public Tensor sub_(Tensor other, Scalar alpha) => this;
                    public Tensor add_(Tensor other) => this;
                    public Tensor add_(Tensor other, Scalar alpha) => this;
                    public Tensor add_(Scalar other) => this;
                    public Tensor mul(Tensor other) => this;
                    public Tensor mul(Scalar other) => this;
                    public Tensor mul_(Tensor other) => this;
                    public Tensor mul_(Scalar other) => this;
                    public Tensor div(Scalar other) => this;
                    public Tensor div_(Tensor other) => this;
                    public Tensor div_(Scalar other) => this;
                    public Tensor copy_(Tensor other) => this;
                    public Tensor clamp(Scalar? min = null, Scalar? max = null) => this;
                    public Tensor clamp_(Scalar? min = null, Scalar? max = null) => this;
                    public Tensor zero_() => this;
                    public Tensor sign() => this;
                    public Tensor norm() => this;
                    public Tensor pow(Scalar exponent) => this;
                    public Tensor sum() => this;
                    public Tensor mean() => this;
                    public Tensor min(Tensor other) => this;
                    public Tensor detach() => this;
                    public Tensor exp() => this;
                    public Tensor isnan() => this;
                    public Tensor to(Device device) => this;
                    public T item<T>() where T : unmanaged => default;
                    public void Dispose() { }
                    public static Tensor operator +(Tensor left, Tensor right) => left;
                    public static Tensor operator -(Tensor left, Tensor right) => left;
                    public static Tensor operator -(Tensor left) => left;
                    public static Tensor operator *(Tensor left, Tensor right) => left;
                    public static Tensor operator *(Tensor left, Scalar right) => left;
                    public static Tensor operator *(Scalar left, Tensor right) => right;
                    public static Tensor operator /(Tensor left, Scalar right) => left;
                    public static Tensor operator /(Tensor left, Tensor right) => left;
                }

                public static Tensor randn(params long[] size) => new();
                public static Tensor zeros(params long[] size) => new();
                public static Tensor zeros_like(Tensor other) => new();
                public static Tensor clamp(Tensor input, Scalar? min = null, Scalar? max = null) => input;
                public static Tensor nan_to_num(Tensor input, double? nan = null) => input;
                public static Tensor min(Tensor left, Tensor right) => left;
                public static Tensor exp(Tensor input) => input;
                public static IDisposable no_grad() => throw new NotImplementedException();
                public static DisposeScope NewDisposeScope() => throw new NotImplementedException();

                public static class autograd
                {
                    public static void backward(Tensor tensor, Tensor? grad_tensors = null, bool? retain_graph = null) { }
                    public static IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs) => inputs;
                }

                public static partial class nn
                {
                    public abstract class Module : IDisposable
                    {
                        protected Module(string name) { }
                        public virtual IEnumerable<Parameter> parameters(bool recurse = true) => [];
                        public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) => [];
                        public virtual void zero_grad(bool set_to_none = true) { }
                        public virtual void train(bool mode = true) { }
                        public virtual void eval() { }
                        protected void RegisterComponents() { }
                        public void Dispose() { }
                    }

                    public abstract class Module<T, TResult> : Module
                    {
                        protected Module(string name) : base(name) { }
                        public abstract TResult forward(T input);
                        public TResult call(T input) => forward(input);
                    }

                    public static Linear Linear(long inputs, long outputs) => throw new NotImplementedException();
                    public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) => throw new NotImplementedException();

                    public static class functional
                    {
                        public static Tensor mse_loss(Tensor input, Tensor target) => input;
                        public static Tensor cross_entropy(Tensor input, Tensor target) => input;
                    }

                    public static class utils
                    {
                        public static double clip_grad_norm_(
                                IEnumerable<Parameter> parameters, double max_norm, double norm_type = 2.0) => 0;
                        public static void clip_grad_value_(IEnumerable<Parameter> parameters, double clip_value) { }
                    }
                }

                public static partial class optim
                {
                    public abstract class Optimizer : IDisposable
                    {
                        public virtual void zero_grad() { }
                        public virtual Tensor? step(Func<Tensor>? closure = null) => null;
                        public virtual IEnumerable<Parameter> parameters() => [];
                        public void Dispose() { }
                    }

                    public static Adam Adam(IEnumerable<Parameter> parameters, double lr = 1e-3) => throw new NotImplementedException();
                    public static SGD SGD(IEnumerable<Parameter> parameters, double learningRate) => throw new NotImplementedException();
                    public static LBFGS LBFGS(IEnumerable<Parameter> parameters, double lr = 0.01) => throw new NotImplementedException();

                    public static class lr_scheduler
                    {
                        public abstract class LRScheduler
                        {
                            public virtual void step() { }
                        }

                        public static LRScheduler StepLR(Optimizer optimizer, int step_size) => throw new NotImplementedException();
                    }
                }
            }

            public class DisposeScope : IDisposable
            {
                public void Dispose() { }
            }
        }

        namespace TorchSharp.Modules
        {
            using static TorchSharp.torch;

            public class Parameter : Tensor { }

            public class Linear : nn.Module<Tensor, Tensor>
            {
                public Linear() : base("linear") { }
                public Parameter weight => throw new NotImplementedException();
                public Parameter? bias => null;
                public override Tensor forward(Tensor input) => input;
            }

            public class Sequential : nn.Module<Tensor, Tensor>
            {
                public Sequential() : base("sequential") { }
                public override Tensor forward(Tensor input) => input;
            }

            public class Adam : optim.Optimizer { }

            public class SGD : optim.Optimizer { }

            public class LBFGS : optim.Optimizer { }
        }
        """;
}

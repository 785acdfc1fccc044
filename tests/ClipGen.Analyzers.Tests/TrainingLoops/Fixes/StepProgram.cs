namespace ClipGen.Analyzers.Tests.TrainingLoops.Fixes;

/// <summary>The code around the statement or member with the step, and the clip that the fix inserts.</summary>
internal static class StepProgram
{
    public const string Clip = "torch.nn.utils.clip_grad_norm_(optimizer.parameters(), 1.0);";

    public static string Class(string members) => $$"""
        using System;
        using System.Collections.Generic;
        using System.Threading.Tasks;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;

        #nullable enable

        sealed class Trainer
        {
            private readonly nn.Module<Tensor, Tensor> _model;
            private readonly optim.Optimizer optimizer;
            private readonly optim.Optimizer[] _all;
            private int _next;

            public Trainer(nn.Module<Tensor, Tensor> model, optim.Optimizer given, optim.Optimizer[] all) =>
                (_model, optimizer, _all) = (model, given, all);

            private optim.Optimizer Turn => _all[_next++];
            private optim.Optimizer Kept => optimizer;
            private optim.Optimizer? Maybe { get; set; }
            private void Backward(Tensor x)
            {
                foreach (var each in _all) each.zero_grad();
                optimizer.zero_grad();
                _model.forward(x).mean().backward();
            }

        {{Indented(members, 4)}}
        }

        """;

    public static string Method(string statements) => Class($$"""
        public void Train(IEnumerable<Tensor> batches, optim.Optimizer? o, bool ready, Tensor x)
        {
        {{Indented(statements, 4)}}
        }
        """);

    public static string Indented(string text, int depth) =>
        string.Join("\n", text.Split('\n').Select(line => line.Length > 0 ? new string(' ', depth) + line : line));
}

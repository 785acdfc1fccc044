namespace ClipGen.Optimizers.Stepping;

/// <summary>The names of an optimizer's states, as in PyTorch. The position of a name is the position of the state.</summary>
internal static class StateNames
{
    internal static readonly string[] Adam = ["exp_avg", "exp_avg_sq", "max_exp_avg_sq"];
    internal static readonly string[] Sgd = ["momentum_buffer"];
    internal static readonly string[] RmsProp = ["square_avg", "momentum_buffer", "grad_avg"];
}

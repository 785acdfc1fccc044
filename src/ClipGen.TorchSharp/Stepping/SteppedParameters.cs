using ClipGen.Torch.Gathering;
using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Torch.Stepping;

/// <summary>
/// The parameters of one optimizer and their gradients, for one step. Each thread keeps one object, so that nothing is allocated after the
/// first step of its size, except for the enumeration of parameter groups.
/// </summary>
internal sealed class SteppedParameters
{
    [ThreadStatic]
    private static SteppedParameters? _kept;

    private Parameter?[] _parameters = new Parameter?[64];
    private int[] _groups = new int[64];
    private int _count;

    /// <summary>
    /// The gradients of the parameters that require and have one. The position of a record is the position of its parameter.
    /// </summary>
    internal GradientBatch Gradients { get; } = new();

    /// <summary>The parameter groups.</summary>
    internal List<ParamGroup> Groups { get; } = [];

    /// <summary>All parameters, group by group.</summary>
    internal ReadOnlySpan<Parameter?> All => _parameters.AsSpan(0, _count);

    /// <summary>Gets the object of the current thread, or a new one if that is in use, with the parameters of an optimizer.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="withUnits">Whether gradients are compared with their parameters.</param>
    internal static SteppedParameters Rent(torch.optim.Optimizer optimizer, bool withUnits = false)
    {
        SteppedParameters parameters = _kept ?? new SteppedParameters();
        _kept = null;
        try
        {
            parameters.Add(optimizer);
            if (withUnits)
                parameters.Gradients.AskForUnits();
            parameters.Gradients.Add(parameters.All);
            return parameters;
        }
        catch
        {
            parameters.Return();
            throw;
        }
    }

    /// <summary>The number of a parameter's group, in <see cref="Groups"/>.</summary>
    internal int GroupOf(int position) => _groups[position];

    /// <summary>Gathers the gradients again after some have been replaced.</summary>
    internal void GatherAgain()
    {
        Gradients.Clear();
        Gradients.Add(All);
    }

    /// <summary>Releases all references, and keeps the memory.</summary>
    internal void Return()
    {
        Gradients.Clear();
        Groups.Clear();
        Array.Clear(_parameters, 0, _count);
        _count = 0;
        _kept = this;
    }

    private void Add(torch.optim.Optimizer optimizer)
    {
        if (optimizer is not OptimizerHelper)
        {
            // A native optimizer creates new objects for its parameters.
            foreach (Parameter parameter in optimizer.parameters())
                Add(parameter, 0);
            return;
        }

        foreach (torch.optim.ILearningRateController group in optimizer.ParamGroups)
        {
            if (group is ParamGroup { Parameters: { } parameters } known)
                Add(known, parameters);
        }
    }

    private void Add(ParamGroup group, IEnumerable<Parameter> parameters)
    {
        int number = Groups.Count;
        Groups.Add(group);
        if (parameters is Parameter[] array)
        {
            foreach (Parameter parameter in array)
                Add(parameter, number);
        }
        else if (parameters is List<Parameter> list)
        {
            foreach (Parameter parameter in list)
                Add(parameter, number);
        }
        else
        {
            foreach (Parameter parameter in parameters)
                Add(parameter, number);
        }
    }

    private void Add(Parameter? parameter, int group)
    {
        if (_count == _parameters.Length)
        {
            Array.Resize(ref _parameters, 2 * _count);
            Array.Resize(ref _groups, 2 * _count);
        }

        _parameters[_count] = parameter;
        _groups[_count++] = group;
    }
}

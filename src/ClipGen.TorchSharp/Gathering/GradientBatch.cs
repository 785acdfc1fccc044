using System.Globalization;
using System.Runtime.CompilerServices;
using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Torch.Gathering;

/// <summary>
/// The gradients of one operation: where each lies, found out once, for all passes. Each thread keeps one, so that after the first call of its size
/// nothing is allocated for parameters given as an array.
/// </summary>
internal sealed class GradientBatch
{
    [ThreadStatic]
    private static GradientBatch? _kept;

    private readonly ModuleDeclarations _declarations = new();
    private readonly HashSet<nint> _seen = [];
    private GradientRecord[] _records = new GradientRecord[64];
    private double[] _standIns = [];
    private int _count;
    private int _standInCount;

    /// <summary>The gradients, in the order of the parameters, with the modules around them.</summary>
    internal Span<GradientRecord> Records => _records.AsSpan(0, _count);

    /// <summary>The numbers that stand for gradients which are not visited themselves.</summary>
    internal Span<double> StandIns => _standIns.AsSpan(0, _standInCount);

    /// <summary>Whether any gradient cannot be visited in place.</summary>
    internal bool HasIndirect { get; private set; }

    /// <summary>The kept batch, or another one while that is in use.</summary>
    internal static GradientBatch Rent()
    {
        GradientBatch batch = _kept ?? new GradientBatch();
        _kept = null;
        return batch;
    }

    /// <summary>Lets go of every gradient, whatever state the batch is in, and keeps the memory.</summary>
    internal void Return()
    {
        foreach (ref GradientRecord record in Records)
        {
            record.Copy?.Dispose();
            record.Tensor?.Dispose();
            if (record.Handle != 0)
                NativeTensor.Dispose(record.Handle);
        }

        // No reference may outlive the operation: modules and their tensors belong to the caller.
        Records.Clear();
        _count = 0;
        _standInCount = 0;
        HasIndirect = false;
        _seen.Clear();
        _declarations.Clear();
        _kept = this;
    }

    /// <summary>Gathers the gradients of parameters that are known by their position.</summary>
    internal void Add(IEnumerable<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Enter("parameters");
        if (parameters is Parameter[] array)
        {
            for (int i = 0; i < array.Length; i++)
                AddParameter(array[i], null, i, null);
        }
        else
        {
            int position = 0;
            foreach (Parameter parameter in parameters)
                AddParameter(parameter, null, position++, null);
        }

        Leave();
    }

    /// <summary>Gathers the gradients of parameters that have names.</summary>
    internal void Add(IEnumerable<(string Name, Parameter Parameter)> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        foreach ((string name, Parameter parameter) in parameters)
            AddParameter(parameter, name, 0, null);
    }

    /// <summary>Gathers the gradients of a module's registered parameters, its submodules' included, except for those that their declarations leave out.</summary>
    internal void Add(torch.nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        AddModule(module, null);
    }

    /// <summary>Room for numbers that stand for one gradient.</summary>
    internal void AddStandIns(ref GradientRecord record, int length)
    {
        if (_standIns.Length < _standInCount + length)
            Array.Resize(ref _standIns, Math.Max(_standInCount + length, 2 * _standIns.Length));
        record.StandIn = _standInCount;
        record.StandInLength = length;
        _standInCount += length;
    }

    /// <summary>Forgets the numbers that stood for gradients.</summary>
    internal void ClearStandIns()
    {
        _standInCount = 0;
        foreach (ref GradientRecord record in Records)
            record.StandInLength = 0;
    }

    // A module enumerates its own parameters and its children without composing their full names, which are needed only for errors.
    private void AddModule(torch.nn.Module module, string? group)
    {
        (module as IModuleGradients)?.DeclareGradients(_declarations);
        bool isScript = module is torch.jit.ScriptModule;
        foreach ((string name, Parameter parameter) in module.named_parameters(recurse: isScript))
        {
            string? own = group;
            if (_declarations.IsLeftOut(parameter, ref own))
                continue;
            AddParameter(parameter, name, 0, own);
        }

        // The children of a script are new objects at every enumeration, and their parameters are among its own.
        if (isScript)
            return;
        foreach ((string name, torch.nn.Module child) in module.named_children())
        {
            string? own = group;
            if (_declarations.IsLeftOut(child, ref own))
                continue;
            Enter(name);
            AddModule(child, own);
            Leave();
        }
    }

    private void AddParameter(Parameter? parameter, string? name, int position, string? group)
    {
        if (parameter is null)
            return;
        ref GradientRecord record = ref Next();
        if (!GradientFinder.TryFind(parameter, ref record))
        {
            _count--;
            return;
        }

        record.Name = name;
        record.Position = position;
        record.Group = group;
        if (record.Kind >= GradientKind.BFloat16)
        {
            HasIndirect = true;
            AddIndirect(ref record, parameter);
        }
    }

    private void AddIndirect(ref GradientRecord record, Parameter parameter)
    {
        record.Parameter = parameter;
        if (record.Kind != GradientKind.BFloat16)
            record.Tensor ??= parameter.grad?.DetachFromDisposeScope();

        // By its parameter, and where it has one by its memory.
        bool isNew = _seen.Add(parameter.Handle);
        record.IsTied = !isNew | (record.Data != 0 && !_seen.Add(record.Data));
    }

    private void Enter(string name)
    {
        ref GradientRecord record = ref Next();
        record.Kind = GradientKind.Enter;
        record.Name = name;
    }

    private void Leave() => Next().Kind = GradientKind.Leave;

    private ref GradientRecord Next()
    {
        if (_count == _records.Length)
            Array.Resize(ref _records, 2 * _count);
        return ref _records[_count++];
    }
}

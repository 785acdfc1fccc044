using System.Globalization;
using System.Runtime.CompilerServices;
using ClipGen.Torch.Stepping;
using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Torch.Gathering;

/// <summary>
/// The gradients of one operation. The location of each is looked up once, for all passes. Each thread keeps one batch, so that parameters
/// in an array allocate nothing after the first call of their size.
/// </summary>
internal sealed class GradientBatch
{
    // The common name of parameters without names: parameters[3].
    private const string Parameters = "parameters";

    [ThreadStatic]
    private static GradientBatch? _kept;

    private bool _withParameters;
    private bool _withUnits;
    private bool _inIndexOrder;

    private readonly ModuleDeclarations _declarations = new();
    private GradientRecord[] _records = new GradientRecord[64];
    private double[] _surrogates = [];
    private int _count;
    private int _surrogateCount;

    // The names of the modules around gradients, in the order of their starts.
    private string[] _entered = new string[16];
    private int _enteredCount;

    // What has started and ended since the last gradient. A module without gradients leaves no trace.
    private int _entering;
    private int _leaving;

    // The number of modules around the last gradient.
    private int _depth;

    // The number of replicated members around the next parameter.
    private int _replicated;

    // The last type of modules that declare nothing and whose lists can be read. Neighbors often have the same type.
    private Type? _lastPlain;

    /// <summary>The gradients, in the order of the parameters.</summary>
    internal Span<GradientRecord> Records => _records.AsSpan(0, _count);

    /// <summary>The surrogates of gradients that are not visited themselves.</summary>
    internal Span<double> Surrogates => _surrogates.AsSpan(0, _surrogateCount);

    /// <summary>Whether any gradient is not plain memory.</summary>
    internal bool HasIndirect { get; private set; }

    /// <summary>Whether any gradient is on another device.</summary>
    internal bool HasRemote { get; private set; }

    /// <summary>Gets the batch of the current thread, or a new one if that is in use.</summary>
    internal static GradientBatch Rent()
    {
        GradientBatch batch = _kept ?? new GradientBatch();
        _kept = null;
        return batch;
    }

    /// <summary>Releases all gradients, whatever the state of the batch, and keeps the memory.</summary>
    internal void Return()
    {
        Clear();
        _kept = this;
    }

    /// <summary>Releases all gradients of a batch that is not returned to its thread.</summary>
    internal void Clear()
    {
        foreach (ref GradientRecord record in Records)
            record.Release();

        // No reference may outlive the operation, because modules and their tensors belong to the caller.
        Records.Clear();
        _entered.AsSpan(0, _enteredCount).Clear();
        _count = _enteredCount = _entering = _leaving = _depth = 0;
        _replicated = 0;
        _surrogateCount = 0;
        HasIndirect = HasRemote = _withParameters = _withUnits = _inIndexOrder = false;
        _declarations.Clear();
    }

    /// <summary>Gathers the gradients of parameters that are identified by position.</summary>
    internal void Add(IEnumerable<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (parameters is Parameter[] array)
        {
            Add(array);
            return;
        }

        Enter(Parameters);
        int position = 0;
        foreach (Parameter parameter in parameters)
            AddParameter(parameter, null, position++);
        Leave();
    }

    /// <inheritdoc cref="Add(IEnumerable{Parameter})"/>
    internal void Add(ReadOnlySpan<Parameter?> parameters)
    {
        Enter(Parameters);
        for (int i = 0; i < parameters.Length; i++)
            AddParameter(parameters[i], null, i);
        Leave();
    }

    /// <summary>Gathers the gradients of parameters that have names.</summary>
    internal void Add(IEnumerable<(string Name, Parameter Parameter)> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        foreach ((string name, Parameter parameter) in parameters)
            AddParameter(parameter, name, 0);
    }

    /// <summary>
    /// Requests the elements and units of parameters for all gradients that are gathered from now on. Gradients whose elements have another
    /// order than those of their parameters are then visited as copies.
    /// </summary>
    internal void AskForUnits() => _withParameters = _withUnits = true;

    /// <summary>
    /// Requests the elements of all gradients that are gathered from now on in the order of their indices, for operations that combine
    /// gradients of several processes. Gradients whose memory has another order are then visited as copies.
    /// </summary>
    internal void AskForIndexOrder() => _inIndexOrder = true;

    /// <summary>Gathers the gradients of a module with the memory of their parameters, for operations that change parameters.</summary>
    internal void AddWithParameters(torch.nn.Module module)
    {
        _withParameters = true;
        Add(module);
    }

    /// <summary>
    /// Gathers the gradients of a module's registered parameters and those of its submodules, except for excluded members.
    /// </summary>
    internal void Add(torch.nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        int first = _count;
        AddModule(module, null);
        FindGradients(first);
    }

    /// <summary>The path of one of the records, as the runtime's operations name it.</summary>
    internal string PathOf(in GradientRecord record)
    {
        var names = new Stack<string>();
        foreach (ref readonly GradientRecord current in Records)
        {
            for (int i = 0; i < current.Left; i++)
                names.Pop();
            foreach (string name in _entered.AsSpan(current.FirstEntered, current.Entered))
                names.Push(names.Count == 0 ? name : $"{names.Peek()}.{name}");
            if (Unsafe.AreSame(in current, in record))
                break;
        }

        string own = record.Name ?? string.Create(CultureInfo.InvariantCulture, $"[{record.Position}]");
        return names.Count == 0 ? own : record.Name is null ? names.Peek() + own : $"{names.Peek()}.{own}";
    }

    /// <summary>Leaves and enters the modules between the previous gradient and this one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void MoveTo<TVisitor>(in GradientRecord record, ref TVisitor visitor)
        where TVisitor : struct, IGradientVisitor
    {
        for (int i = record.Left; i > 0; i--)
            visitor.Leave();
        for (int i = 0; i < record.Entered; i++)
            visitor.Enter(_entered[record.FirstEntered + i]);
    }

    /// <summary>Leaves the modules around the last gradient.</summary>
    internal void MoveToEnd<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IGradientVisitor
    {
        for (int i = _depth; i > 0; i--)
            visitor.Leave();
    }

    /// <summary>Adds the surrogate of one gradient.</summary>
    internal void AddSurrogate(ref GradientRecord record, double value)
    {
        if (_surrogates.Length == _surrogateCount)
            Array.Resize(ref _surrogates, Math.Max(64, 2 * _surrogates.Length));
        record.Surrogate = _surrogateCount;
        record.SurrogateLength = 1;
        _surrogates[_surrogateCount++] = value;
    }

    /// <summary>Removes all surrogates.</summary>
    internal void ClearSurrogates()
    {
        _surrogateCount = 0;
        foreach (ref GradientRecord record in Records)
            record.Surrogate = record.SurrogateLength = 0;
    }

    /// <summary>Replaces the gradient of a parameter by a new tensor, also for all parameters with the same gradient.</summary>
    /// <param name="record">The record, in <see cref="Records"/>.</param>
    /// <param name="values">The dense elements, of the type and on the device of the gradient.</param>
    internal void SetGradient(in GradientRecord record, torch.Tensor values)
    {
        torch.Tensor gradient = record.Tensor!;
        torch.Tensor replacement = gradient.is_sparse ? values.to_sparse((int)gradient.SparseIndices.shape[0]) : values;
        record.Parameter!.grad = replacement;
        int index = (int)(Unsafe.ByteOffset(in _records[0], in record) / Unsafe.SizeOf<GradientRecord>());
        foreach (ref readonly GradientRecord other in Records)
        {
            if (other.Kind == GradientKind.Tied && other.SameAs == index + 1)
                other.Parameter!.grad = replacement;
        }
    }

    private void AddModule(torch.nn.Module module, string? group)
    {
        if (module.GetType() != _lastPlain)
        {
            var declaring = module as IModuleGradients;
            declaring?.DeclareGradients(_declarations);
            if (!RegisteredMembers.ArePlain(module))
            {
                AddEnumerated(module, group);
                return;
            }

            if (declaring is null)
                _lastPlain = module.GetType();
        }

        RegisteredItems<Parameter> parameters = RegisteredMembers.ParametersOf(module);
        for (int i = 0; i < parameters.Count; i++)
        {
            (string name, Parameter parameter) = parameters[i];
            if (parameter is { IsInvalid: false })
                AddRegistered(name, parameter, group);
        }

        RegisteredItems<torch.nn.Module> submodules = RegisteredMembers.SubmodulesOf(module);
        for (int i = 0; i < submodules.Count; i++)
        {
            (string name, torch.nn.Module child) = submodules[i];
            AddChild(name, child, group);
        }
    }

    // Enumerates the module's own parameters and its children without composing full names, which only errors need.
    private void AddEnumerated(torch.nn.Module module, string? group)
    {
        bool isScript = module is torch.jit.ScriptModule;
        foreach ((string name, Parameter parameter) in module.named_parameters(recurse: isScript))
            AddRegistered(name, parameter, group);

        // A script creates new child objects at every enumeration, and its own parameters include theirs.
        if (isScript)
            return;
        foreach ((string name, torch.nn.Module child) in module.named_children())
            AddChild(name, child, group);
    }

    private void AddRegistered(string name, Parameter parameter, string? group)
    {
        if (_declarations.IsLeftOut(parameter, ref group))
            return;
        ref GradientRecord record = ref Next();
        record.Parameter = parameter;
        record.Name = name;
        record.Group = group;
        record.IsReplicated = _replicated > 0 || _declarations.IsReplicated(parameter);
        MarkModules(ref record);
    }

    private void AddChild(string name, torch.nn.Module child, string? group)
    {
        if (_declarations.IsLeftOut(child, ref group))
            return;
        int replicated = _declarations.IsReplicated(child) ? 1 : 0;
        _replicated += replicated;
        Enter(name);
        AddModule(child, group);
        Leave();
        _replicated -= replicated;
    }

    private void AddParameter(Parameter? parameter, string? name, int position)
    {
        if (parameter is null)
            return;
        ref GradientRecord record = ref Next();
        if (!TryFind(parameter, ref record))
        {
            _count--;
            return;
        }

        MarkModules(ref record);
        record.Name = name;
        record.Position = position;
    }

    /// <summary>
    /// Finds the gradients of the records from a position on, which only hold parameters so far, and removes the records without one. It
    /// starts after the walk over the modules, because between native calls the processor would wait for the lists of each module.
    /// </summary>
    private void FindGradients(int first)
    {
        int found = 0;
        foreach (ref GradientRecord record in Records[first..])
        {
            Parameter parameter = record.Parameter!;
            record.Parameter = null;
            if (TryFind(parameter, ref record))
                found++;
            else
                record.Kind = GradientKind.Missing;
        }

        if (found < _count - first)
            RemoveMissing();
    }

    // The modules around a removed record start or end before the next one then, or leave no trace.
    private void RemoveMissing()
    {
        (int count, int enteredCount, int leaving) = (_count, _enteredCount, _leaving);
        _count = _enteredCount = _leaving = _depth = 0;
        for (int i = 0; i < count; i++)
        {
            GradientRecord record = _records[i];
            Leave(record.Left);

            // A name never moves behind its old place, so that no other is overwritten before it moves.
            for (int entered = 0; entered < record.Entered; entered++)
                Enter(_entered[record.FirstEntered + entered]);
            if (record.Kind == GradientKind.Missing)
                continue;
            MarkModules(ref record);
            _records[_count++] = record;
        }

        Leave(leaving);
        _records.AsSpan(_count, count - _count).Clear();
        _entered.AsSpan(_enteredCount, enteredCount - _enteredCount).Clear();
    }

    /// <summary>Finds the gradient of a parameter and what the operation needs of the parameter.</summary>
    private bool TryFind(Parameter parameter, ref GradientRecord record)
    {
        if (!GradientFinder.TryFind(parameter, ref record))
            return false;
        if (_withParameters
            && TensorMemory.TryOf(parameter, out TensorMemory memory)
            && (memory.Kind, memory.Length, memory.IsContiguous) == (record.Kind, record.Length, true)
            && IsContiguous(record))
        {
            record.ParameterData = memory.Data;
        }

        if (_withParameters)
        {
            long rows = parameter.ndim > 1 ? parameter.size(0) : 1;
            record.UnitLength = rows > 1 ? (int)Math.Min(record.Length / rows, int.MaxValue) : 0;
        }

        if (_withUnits && record.ParameterData == 0 && record.Kind < GradientKind.Copied)
            record.Kind = GradientKind.Copied;

        if (_inIndexOrder && record.Kind < GradientKind.Copied && !IsContiguous(record))
            record.Kind = GradientKind.Copied;

        if (record.Kind >= GradientKind.Copied)
            AddIndirect(ref record, parameter);
        return true;
    }

    private static bool IsContiguous(in GradientRecord record) =>
        record.Handle != 0 ? NativeTensor.IsContiguous(record.Handle) : record.Tensor!.is_contiguous();

    private void AddIndirect(ref GradientRecord record, Parameter parameter)
    {
        HasIndirect = true;
        HasRemote |= record.Kind == GradientKind.Remote;
        record.Parameter = parameter;
        record.Tensor ??= parameter.grad?.DetachFromDisposeScope();
        if (record.Tensor is not { is_sparse: true } gradient)
            return;
        using torch.Tensor values = gradient.SparseValues.DetachFromDisposeScope();
        record.Data = GradientFinder.AddressOf(values);
    }

    private void Enter(string name)
    {
        int position = _enteredCount + _entering++;
        if (position == _entered.Length)
            Array.Resize(ref _entered, 2 * position);
        _entered[position] = name;
    }

    private void Leave()
    {
        if (_entering > 0)
            _entering--;
        else
            _leaving++;
    }

    private void Leave(int modules)
    {
        for (int i = 0; i < modules; i++)
            Leave();
    }

    private void MarkModules(ref GradientRecord record)
    {
        (record.Left, record.Entered, record.FirstEntered) = (_leaving, _entering, _enteredCount);
        _depth += _entering - _leaving;
        _enteredCount += _entering;
        _entering = _leaving = 0;
    }

    private ref GradientRecord Next()
    {
        if (_count == _records.Length)
            Array.Resize(ref _records, 2 * _count);
        return ref _records[_count++];
    }
}

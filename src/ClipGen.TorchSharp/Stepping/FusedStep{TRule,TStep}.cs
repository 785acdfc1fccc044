using System.Runtime.InteropServices;
using ClipGen.Numerics;
using ClipGen.Numerics.Threads;
using ClipGen.Optimizers.Kernels;
using ClipGen.Torch.Gathering;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace ClipGen.Torch.Stepping;

/// <summary>The fused step of one kind of optimizer. Each thread keeps one.</summary>
/// <typeparam name="TRule">The optimizer.</typeparam>
/// <typeparam name="TStep">Its update.</typeparam>
internal sealed class FusedStep<TRule, TStep> : FusedStep
    where TRule : struct, IStepRule<TStep>
    where TStep : struct, IBufferStep
{
    // Longer gradients are visited in several chunks when they are clipped.
    private const long MostElements = 1 << 30;

    [ThreadStatic]
    private static FusedStep<TRule, TStep>? _kept;

    private readonly List<TStep> _groups = [];
    private readonly List<nint> _addresses = [];
    private StepRecord<TStep>[] _records = new StepRecord<TStep>[64];
    private int _count;

    private Span<StepRecord<TStep>> Records => _records.AsSpan(0, _count);

    /// <summary>Gets the step of the current thread, or a new one if that is in use.</summary>
    internal static FusedStep<TRule, TStep> Rent()
    {
        FusedStep<TRule, TStep> step = _kept ?? new FusedStep<TRule, TStep>();
        _kept = null;
        return step;
    }

    internal override void Match(ClippedOrdinals clipped)
    {
        foreach (ref StepRecord<TStep> record in Records)
            record.Ordinal = clipped.Of(record.GradientData);
    }

    internal override bool TryMarkRepeated()
    {
        _addresses.Clear();
        foreach (ref readonly StepRecord<TStep> record in Records)
        {
            if (record.Length > 0)
                _addresses.Add(record.ParameterData);
        }

        _addresses.Sort();
        bool isRepeated = false;
        for (int i = 1; i < _addresses.Count; i++)
            isRepeated |= _addresses[i] == _addresses[i - 1];
        if (!isRepeated)
            return true;

        var first = new Dictionary<nint, int>();
        for (int i = 0; i < _count; i++)
        {
            ref StepRecord<TStep> record = ref _records[i];
            if (record.Length == 0 || first.TryAdd(record.ParameterData, i))
                continue;
            ref readonly StepRecord<TStep> earlier = ref _records[first[record.ParameterData]];
            if (earlier.GradientData != record.GradientData || earlier.Length != record.Length)
                return false;
            record.IsRepeated = true;
        }

        return true;
    }

    internal override void Run(in StepPlan plan, bool zeroGradients)
    {
        CreateMissing();
        long bytes = 0;
        foreach (ref StepRecord<TStep> record in Records)
        {
            if (record.IsRepeated)
                continue;
            ref TStep step = ref CollectionsMarshal.AsSpan(_groups)[record.Group];
            TRule.Begin(record.State, record.Created, ref step);
            record.Step = step;
            record.Created = null;
            record.Change = record.Ordinal < 0 ? plan.Unlimited : plan.HasTies ? GradientChange.None : plan.ChangeOf(record.Ordinal);
            record.Units = record.Ordinal < 0 || plan.HasTies ? null : plan.UnitsOf(record.Ordinal);
            record.Unscale = plan.Unscale;
            bytes += (long)record.Length * (record.IsDouble ? sizeof(double) : sizeof(float));
        }

        int threads = GradientThreads.Maximum;
        if (threads > 1 && bytes >= SharedChunks.LeastBytes)
        {
            SharedStep<TStep>.Run(Records, zeroGradients, threads);
            return;
        }

        // In reverse order: the gradients that were measured last are still in the cache.
        for (int i = _count - 1; i >= 0; i--)
        {
            ref readonly StepRecord<TStep> record = ref _records[i];
            if (!record.IsRepeated)
                record.Update(0, record.Length, zeroGradients);
        }
    }

    internal override void Return()
    {
        // Not null only if the step was not taken.
        foreach (ref readonly StepRecord<TStep> record in Records)
            record.Created?.Dispose();
        Records.Clear();
        _count = 0;
        _groups.Clear();
        _kept = this;
    }

    protected override bool TryGather(OptimizerHelper optimizer, SteppedParameters parameters)
    {
        foreach (ParamGroup group in parameters.Groups)
        {
            if (!TRule.TryRead(group.Options, out TStep step))
                return false;
            _groups.Add(step);
        }

        OrderedDict<nint, OptimizerState> states = OptimizerStates.Of(optimizer);
        int ordinal = 0;
        foreach (ref readonly GradientRecord gradient in parameters.Gradients.Records)
        {
            Parameter parameter = parameters.All[gradient.Position]!;
            if (!states.TryGetValue(parameter.Handle, out OptimizerState? state)
                || !TryAdd(gradient, parameter, state, parameters.GroupOf(gradient.Position), gradient.Length > 0 ? ordinal++ : -1))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryAdd(in GradientRecord gradient, Parameter parameter, OptimizerState state, int group, int ordinal)
    {
        if (!TensorMemory.TryOf(parameter, out TensorMemory memory)
            || memory.Kind != gradient.Kind || memory.Length != gradient.Length || memory.Length > MostElements)
        {
            return false;
        }

        bool isContiguous = memory.IsContiguous && IsContiguous(gradient);
        TensorLayout layout = default;
        if (!isContiguous)
        {
            layout = TensorLayout.Of(parameter);
            if (!layout.IsDense() || !HasLayout(parameter, layout))
                return false;
        }

        StateTensors tensors = default;
        if (!TRule.TryGetTensors(state, CollectionsMarshal.AsSpan(_groups)[group], ref tensors, out int count))
            return false;
        StateAddresses addresses = default;
        for (int i = 0; i < count; i++)
        {
            if (tensors[i] is not { } tensor)
                continue;
            if (!TensorMemory.TryOf(tensor, out TensorMemory found) || found.Kind != memory.Kind || found.Length != memory.Length
                || !(isContiguous ? found.IsContiguous : TensorLayout.Of(tensor).IsSameAs(layout)))
            {
                return false;
            }

            addresses[i] = found.Data;
        }

        if (_count == _records.Length)
            Array.Resize(ref _records, 2 * _count);
        _records[_count++] = new StepRecord<TStep>
        {
            Parameter = parameter,
            State = state,
            Group = group,
            Ordinal = ordinal,
            Length = (int)memory.Length,
            IsDouble = memory.Kind == GradientKind.Double,
            IsMissing = count > 0 && tensors[0] is null,
            ParameterData = memory.Data,
            GradientData = gradient.Data,
            StateData = addresses,
        };
        return true;
    }

    private static bool IsContiguous(in GradientRecord gradient) =>
        gradient.Handle != 0 ? NativeTensor.IsContiguous(gradient.Handle) : gradient.Tensor!.is_contiguous();

    private static bool HasLayout(Parameter parameter, in TensorLayout layout)
    {
        using torch.Tensor? gradient = parameter.grad?.DetachFromDisposeScope();
        return gradient is not null && TensorLayout.Of(gradient).IsSameAs(layout);
    }

    // Creates all tensors before any state is changed, because memory may run out.
    private void CreateMissing()
    {
        foreach (ref StepRecord<TStep> record in Records)
        {
            if (!record.IsMissing || record.IsRepeated)
                continue;
            record.Created = torch.empty_like(record.Parameter).DetachFromDisposeScope();
            TensorMemory.TryOf(record.Created, out TensorMemory memory);
            record.StateData[0] = memory.Data;
        }
    }
}

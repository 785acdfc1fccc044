using System.Runtime.CompilerServices;
using ClipGen.Numerics;

namespace ClipGen.Observing;

/// <summary>Runs a clip on the gradients of a generated model, and notifies observers.</summary>
internal static class ModelClip
{
    /// <summary>Clips.</summary>
    /// <param name="model">The model.</param>
    /// <param name="clip">The operation on its gradients and limits.</param>
    /// <param name="limit">The limit instead of the declared one, or null.</param>
    /// <param name="scaler">The loss scale of the gradients, or null.</param>
    /// <param name="advice">
    /// A sentence for the error about a model that implements <see cref="IClippable"/> without generated code; or empty.
    /// </param>
    /// <param name="followsGradients">Whether an adaptive limit replaces the declared one.</param>
    /// <exception cref="ArgumentNullException"><paramref name="model"/> is null.</exception>
    /// <exception cref="ArgumentException">The model implements <see cref="IClippable"/> without generated code.</exception>
    internal static ClipResult Run<TClip>(
        object? model, TClip clip, double? limit, LossScaler? scaler = null, string advice = "", bool followsGradients = false)
        where TClip : struct, IModelClip
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model is not IClipModel generated)
        {
            throw new ArgumentException(
                $"'{model.GetType()}' implements IClippable without generated code, so its limits are unknown.{advice}", nameof(model));
        }

        var operation = new Operation<TClip>(model, clip, limit, scaler, followsGradients);
        generated.Run(ref operation);
        return operation.Result;
    }

    private struct Operation<TClip>(object model, TClip clip, double? limit, LossScaler? scaler, bool followsGradients) : IModelOperation
        where TClip : struct, IModelClip
    {
        public ClipResult Result { get; private set; }

        public void Run<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, bool isUntied)
            where TSource : IGradientSource =>
            Result = ClipObservation.IsOn
                ? RunObserved(gradients, rules, isUntied)
                : clip.Run(gradients, rules, isUntied, report: null);

        [MethodImpl(MethodImplOptions.NoInlining)]
        private readonly ClipResult RunObserved<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, bool isUntied)
            where TSource : IGradientSource
        {
            using var observed = new ObservedClip(
                ObservedModel.Of(gradients, model), rules, report: null, limit, scaler, followsGradients);
            try
            {
                ClipResult result = clip.Run(gradients, rules, isUntied, observed.Report);
                observed.Complete(result);
                return result;
            }
            catch (NonFiniteGradientException) when (observed.Fail())
            {
                throw;
            }
        }
    }
}

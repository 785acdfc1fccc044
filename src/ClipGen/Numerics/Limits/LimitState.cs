using ClipGen.Exchange;

namespace ClipGen.Numerics.Limits;

/// <summary>
/// The state of an adaptive limit for the gradients of one model. During a clip it is only read. The results of the clip are added to it at
/// the end.
/// </summary>
/// <param name="settings">The declared settings.</param>
internal abstract class LimitState(LimitSettings settings)
{
    /// <summary>The declared settings.</summary>
    internal LimitSettings Settings { get; } = settings;

    /// <summary>The number of steps that have been added to the state.</summary>
    internal long Steps { get; private protected set; }

    /// <summary>The loss scale of the current clip. The state is in the units of the gradients without it.</summary>
    private protected double LossScale { get; private set; } = 1;

    /// <summary>Whether the warm-up is not over yet.</summary>
    private protected bool IsWarmingUp => Steps < Settings.WarmUpSteps;

    /// <summary>Begins a clip, and discards the results of an earlier one that was not committed.</summary>
    internal virtual void Begin(double lossScale) => LossScale = lossScale;

    /// <summary>Adds the results of the current clip, which has been carried out, and in which all gradients were finite.</summary>
    internal abstract void Commit();

    /// <summary>Resets the state.</summary>
    internal virtual void Reset() => Steps = 0;

    /// <summary>Adds the settings that must be the same in all processes.</summary>
    internal virtual void AddTo(SharedTerms terms) => terms.Add("steps so far", Steps);

    /// <summary>Writes the state.</summary>
    internal virtual void Write(SavedLimit saved) => saved.WriteCount("steps", Steps);

    /// <summary>Reads the state written by <see cref="Write"/>.</summary>
    /// <exception cref="InvalidDataException">A number is missing or out of range.</exception>
    internal virtual void Read(SavedLimit saved) => Steps = saved.ReadCount("steps");
}

using ClipGen.Exchange;

namespace ClipGen.Numerics.Limits;

/// <summary>
/// What a limit has learned from the gradients of one model. A clip asks it what to do, which changes nothing; what the clip has found
/// enters
/// the state when the clip is done.
/// </summary>
/// <param name="settings">What is declared.</param>
internal abstract class LimitState(LimitSettings settings)
{
    /// <summary>What is declared.</summary>
    internal LimitSettings Settings { get; } = settings;

    /// <summary>The number of steps that have entered the state.</summary>
    internal long Steps { get; private protected set; }

    /// <summary>What the gradients of the clip under way are multiplied with. The state is in the units of gradients without it.</summary>
    private protected double LossScale { get; private set; } = 1;

    /// <summary>Whether steps are only observed.</summary>
    private protected bool IsWarmingUp => Steps < Settings.WarmUpSteps;

    /// <summary>Begins a clip. What an earlier one has left undone is forgotten.</summary>
    internal virtual void Begin(double lossScale) => LossScale = lossScale;

    /// <summary>Takes what the clip under way has found. It was done, and all gradients were finite.</summary>
    internal abstract void Commit();

    /// <summary>Forgets everything.</summary>
    internal virtual void Reset() => Steps = 0;

    /// <summary>Tells what has to be the same in all processes.</summary>
    internal virtual void AddTo(SharedTerms terms) => terms.Add("steps so far", Steps);

    /// <summary>Writes the state.</summary>
    internal virtual void Write(SavedLimit saved) => saved.WriteCount("steps", Steps);

    /// <summary>Reads what <see cref="Write"/> has written.</summary>
    /// <exception cref="InvalidDataException">A number is missing or out of range.</exception>
    internal virtual void Read(SavedLimit saved) => Steps = saved.ReadCount("steps");
}

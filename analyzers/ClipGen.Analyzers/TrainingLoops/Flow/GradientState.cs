using ClipGen.Analyzers.TrainingLoops.Roles;

namespace ClipGen.Analyzers.TrainingLoops.Flow;

/// <summary>The possible histories of the gradients of one optimizer at a place in the program: a set of states.</summary>
[Flags]
internal enum GradientState
{
    Unreached = 0,

    /// <summary>Nothing since the body was entered. The actions of callers are unknown.</summary>
    Entered = 1,

    /// <summary>Computed and not clipped.</summary>
    Pending = 2,

    Clipped = 4,

    /// <summary>Clipped, and then another backward pass added to them.</summary>
    ClippedThenAdded = 8,

    /// <summary>Clipped in the state at the entry of the body.</summary>
    EnteredClipped = 16,

    SteppedUnclipped = 32,

    SteppedClipped = 64,

    /// <summary>Set to zero without being used.</summary>
    Discarded = 128,

    /// <summary>Set to zero, or stepped on in an unknown state.</summary>
    Fresh = 256,

    /// <summary>Clipped, and then set to zero without being used.</summary>
    DiscardedClipped = 512,

    /// <summary>Set to zero after a step on unclipped gradients.</summary>
    FreshAfterStep = 1024,

    AnyDiscarded = Discarded | DiscardedClipped,

    AnyClipped = Clipped | ClippedThenAdded | EnteredClipped | SteppedClipped,
}

/// <summary>The transitions of <see cref="GradientState"/>.</summary>
internal static class GradientStates
{
    /// <summary>The states after an action in any of the given states.</summary>
    public static GradientState After(this GradientState before, TrainingAction action)
    {
        if (action == TrainingAction.None)
            return before;
        GradientState after = GradientState.Unreached;
        for (int bit = 1; bit <= (int)GradientState.FreshAfterStep; bit <<= 1)
        {
            if (((int)before & bit) != 0)
                after |= AfterOne((GradientState)bit, action);
        }

        return after;
    }

    private static GradientState AfterOne(GradientState before, TrainingAction action)
    {
        bool isClipped = before is GradientState.Clipped or GradientState.ClippedThenAdded;
        return action switch
        {
            TrainingAction.Backward => isClipped ? GradientState.ClippedThenAdded : GradientState.Pending,
            TrainingAction.Clip => before switch
            {
                GradientState.Pending or GradientState.ClippedThenAdded => GradientState.Clipped,
                GradientState.Entered => GradientState.EnteredClipped,
                _ => before,
            },
            TrainingAction.Step => before switch
            {
                GradientState.Pending => GradientState.SteppedUnclipped,
                GradientState.Clipped or GradientState.ClippedThenAdded or GradientState.EnteredClipped => GradientState.SteppedClipped,
                GradientState.SteppedUnclipped or GradientState.SteppedClipped => before,
                _ => GradientState.Fresh,
            },
            TrainingAction.Reset when isClipped || before == GradientState.DiscardedClipped => GradientState.DiscardedClipped,
            TrainingAction.Reset => before switch
            {
                GradientState.Pending or GradientState.Discarded => GradientState.Discarded,
                GradientState.SteppedUnclipped or GradientState.FreshAfterStep => GradientState.FreshAfterStep,
                _ => GradientState.Fresh,
            },
            // The copied gradients still exist in the network that they were computed for.
            TrainingAction.Transfer => before switch
            {
                GradientState.Discarded => GradientState.Pending,
                GradientState.DiscardedClipped => GradientState.Clipped,
                _ => before,
            },
            _ => before,
        };
    }
}

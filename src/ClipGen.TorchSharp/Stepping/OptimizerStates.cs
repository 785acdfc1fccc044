using System.Reflection;
using System.Runtime.CompilerServices;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace ClipGen.Torch.Stepping;

/// <summary>
/// The states of an optimizer, by the handle of the parameter. <c>state_dict()</c> returns them too, but creates three lists in every call.
/// </summary>
internal static class OptimizerStates
{
    private const string FieldName = "_state";

    /// <summary>Whether TorchSharp stores its states in the expected field. If not, every optimizer takes its own step.</summary>
    internal static bool IsUsable { get; } =
        typeof(OptimizerHelper).GetField(FieldName, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)?.FieldType
        == typeof(OrderedDict<nint, OptimizerState>);

    /// <summary>The states of an optimizer.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = FieldName)]
    internal static extern ref OrderedDict<nint, OptimizerState> Of(OptimizerHelper optimizer);
}

using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using TorchSharp.Modules;
using TorchSharp.Utils;
using Module = TorchSharp.torch.nn.Module;

namespace ClipGen.Torch.Gathering;

/// <summary>
/// The currently registered parameters and submodules of a module, read by index from the module's own lists. <c>named_parameters</c>
/// creates a set and an enumerator for each module, which takes as long as the rest of a clip.
/// </summary>
/// <remarks>
/// The lists are protected fields of TorchSharp. They are read only if they have the expected types and the module does not override their
/// enumeration. For all other modules, TorchSharp's methods are called.
/// </remarks>
internal static class RegisteredMembers
{
    private static readonly bool IsUsable =
        HasField("_internal_params", typeof(OrderedDict<string, Parameter>))
            && HasField("_internal_submodules", typeof(OrderedDict<string, Module>));

    // Cached per type: a program has few kinds of layers.
    private static readonly ConcurrentDictionary<Type, bool> Plain = new();

    /// <summary>Whether the lists of a module of that type contain what its methods would enumerate.</summary>
    /// <param name="module">The module.</param>
    /// <param name="lastPlain">The last type for which the answer was yes, because neighbors often have the same type.</param>
    internal static bool ArePlain(Module module, ref Type? lastPlain)
    {
        Type type = module.GetType();
        if (type == lastPlain)
            return true;
        bool arePlain = Plain.TryGetValue(type, out bool isPlain)
            ? isPlain
            : Plain.GetOrAdd(type, IsUsable && OverridesNothing(module));
        if (arePlain)
            lastPlain = type;
        return arePlain;
    }

    /// <summary>The module's own parameters.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_internal_params")]
    internal static extern ref OrderedDict<string, Parameter> ParametersOf(Module module);

    /// <summary>The module's own submodules.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_internal_submodules")]
    internal static extern ref OrderedDict<string, Module> SubmodulesOf(Module module);

    private static bool HasField(string name, Type type) =>
        typeof(Module).GetField(name, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)?.FieldType == type;

    private static bool OverridesNothing(Module module)
    {
        Func<bool, IEnumerable<(string Name, Parameter Parameter)>> parameters = module.named_parameters;
        Func<IEnumerable<(string Name, Module Module)>> children = module.named_children;
        return parameters.Method.DeclaringType == typeof(Module) && children.Method.DeclaringType == typeof(Module);
    }
}

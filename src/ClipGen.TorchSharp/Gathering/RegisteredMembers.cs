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
            && HasField("_internal_submodules", typeof(OrderedDict<string, Module>))
            && RegisteredItems<Parameter>.IsUsable;

    // Cached per type: a program has few kinds of layers.
    private static readonly ConcurrentDictionary<Type, bool> Plain = new();

    /// <summary>Whether the lists of a module contain what its methods would enumerate. The answer depends on its type only.</summary>
    internal static bool ArePlain(Module module)
    {
        Type type = module.GetType();
        return Plain.TryGetValue(type, out bool isPlain) ? isPlain : Plain.GetOrAdd(type, IsUsable && OverridesNothing(module));
    }

    /// <summary>The module's own parameters.</summary>
    internal static RegisteredItems<Parameter> ParametersOf(Module module) => new(ParameterField(module));

    /// <summary>The module's own submodules.</summary>
    internal static RegisteredItems<Module> SubmodulesOf(Module module) => new(SubmoduleField(module));

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_internal_params")]
    private static extern ref OrderedDict<string, Parameter> ParameterField(Module module);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_internal_submodules")]
    private static extern ref OrderedDict<string, Module> SubmoduleField(Module module);

    private static bool HasField(string name, Type type) =>
        typeof(Module).GetField(name, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)?.FieldType == type;

    private static bool OverridesNothing(Module module)
    {
        Func<bool, IEnumerable<(string Name, Parameter Parameter)>> parameters = module.named_parameters;
        Func<IEnumerable<(string Name, Module Module)>> children = module.named_children;
        return parameters.Method.DeclaringType == typeof(Module) && children.Method.DeclaringType == typeof(Module);
    }
}

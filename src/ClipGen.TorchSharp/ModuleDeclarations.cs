using TorchSharp.Modules;
using Module = TorchSharp.torch.nn.Module;

namespace ClipGen.Torch;

/// <summary>
/// Which members of modules are left out of clipping, and which belong to a group. Generated code writes it, the traversal of a module
/// reads it.
/// </summary>
public sealed class ModuleDeclarations
{
    // Null as a group: left out. Tensors compare their elements, so identity decides.
    private readonly Dictionary<object, string?> _members = new(ReferenceEqualityComparer.Instance);

    internal ModuleDeclarations()
    {
    }

    /// <summary>Leaves the parameters of a member out.</summary>
    /// <param name="member">A module, a parameter, or a collection of them; <see langword="null"/> for none.</param>
    public void Ignore(object? member) => Declare(member, null);

    /// <summary>Puts the parameters of a member into a group. The outermost declaration counts.</summary>
    /// <param name="member">A module, a parameter, or a collection of them; <see langword="null"/> for none.</param>
    /// <param name="group">The group's name.</param>
    public void Group(object? member, string group) => Declare(member, group);

    internal void Clear() => _members.Clear();

    // The group of a member that is in none already.
    internal bool IsLeftOut(object member, ref string? group)
    {
        if (_members.Count == 0 || !_members.TryGetValue(member, out string? declared))
            return false;
        group ??= declared;
        return declared is null;
    }

    private void Declare(object? member, string? group)
    {
        switch (member)
        {
            case Module or Parameter:
                if (!_members.TryAdd(member, group) && group is null)
                    _members[member] = null;
                break;
            case System.Collections.IDictionary pairs:
                Declare(pairs.Values, group);
                break;
            case System.Collections.IEnumerable members:
                foreach (object? item in members)
                    Declare(item, group);
                break;
        }
    }
}

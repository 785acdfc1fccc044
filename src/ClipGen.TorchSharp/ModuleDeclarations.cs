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
    private readonly HashSet<object> _replicated = new(ReferenceEqualityComparer.Instance);

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

    /// <summary>
    /// Says that every process holds the parameters of a member, in a model whose other parameters are spread over processes.
    /// </summary>
    /// <param name="member">A module, a parameter, or a collection of them; <see langword="null"/> for none.</param>
    public void Replicate(object? member) => Declare(member, null, replicates: true);

    internal void Clear()
    {
        _members.Clear();
        _replicated.Clear();
    }

    internal bool IsReplicated(object member) => _replicated.Count > 0 && _replicated.Contains(member);

    // The group of a member that is in none already.
    internal bool IsLeftOut(object member, ref string? group)
    {
        if (_members.Count == 0 || !_members.TryGetValue(member, out string? declared))
            return false;
        group ??= declared;
        return declared is null;
    }

    private void Declare(object? member, string? group, bool replicates = false)
    {
        switch (member)
        {
            case Module or Parameter when replicates:
                _replicated.Add(member);
                break;
            case Module or Parameter:
                if (!_members.TryAdd(member, group) && group is null)
                    _members[member] = null;
                break;
            case System.Collections.IDictionary pairs:
                Declare(pairs.Values, group, replicates);
                break;
            case System.Collections.IEnumerable members:
                foreach (object? item in members)
                    Declare(item, group, replicates);
                break;
        }
    }
}

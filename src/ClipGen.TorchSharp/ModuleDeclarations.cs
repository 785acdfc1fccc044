using TorchSharp.Modules;
using Module = TorchSharp.torch.nn.Module;

namespace ClipGen.Torch;

/// <summary>
/// The members of modules that are excluded from clipping or that belong to a group. Generated code writes the declarations, and the
/// traversal of a module reads them.
/// </summary>
public sealed class ModuleDeclarations
{
    // A null group means excluded. Compared by reference, because tensors compare their elements.
    private readonly Dictionary<object, string?> _members = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<object> _replicated = new(ReferenceEqualityComparer.Instance);

    internal ModuleDeclarations()
    {
    }

    /// <summary>Excludes the parameters of a member.</summary>
    /// <param name="member">A module, a parameter, or a collection of them; <see langword="null"/> for none.</param>
    public void Ignore(object? member) => Declare(member, null);

    /// <summary>Adds the parameters of a member to a group. The outermost declaration applies.</summary>
    /// <param name="member">A module, a parameter, or a collection of them; <see langword="null"/> for none.</param>
    /// <param name="group">The group's name.</param>
    public void Group(object? member, string group) => Declare(member, group);

    /// <summary>
    /// Declares that every process holds the parameters of a member, in a model whose other parameters are distributed over processes.
    /// </summary>
    /// <param name="member">A module, a parameter, or a collection of them; <see langword="null"/> for none.</param>
    public void Replicate(object? member) => Declare(member, null, replicates: true);

    internal void Clear()
    {
        _members.Clear();
        _replicated.Clear();
    }

    internal bool IsReplicated(object member) => _replicated.Count > 0 && _replicated.Contains(member);

    // Sets the group of a member that is in none yet, and returns whether the member is excluded.
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

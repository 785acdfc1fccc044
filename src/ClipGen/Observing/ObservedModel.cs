using System.Collections.Concurrent;
using System.Text;
using ClipGen.Arguments;
using ClipGen.Numerics;

namespace ClipGen.Observing;

/// <summary>Identifies the gradients of a clip: a model, or a call that names the gradients. There is one object for each.</summary>
internal sealed class ObservedModel
{
    // Limits the memory for calls whose texts always differ.
    private const int MostKept = 4096;

    private static readonly ConcurrentDictionary<(Type? Type, ClipSite Site), ObservedModel> Kept = new();

    private ObservedModel(string name, string typeName, string? fingerprint, ClipSite site)
    {
        Name = name;
        TypeName = typeName;
        Fingerprint = fingerprint;
        Site = site;
    }

    /// <summary>The display name: <c>Demo.CharLstm</c>, or the arguments of the call.</summary>
    internal string Name { get; }

    /// <summary>The full name of its type in metadata, such as <c>Demo.Outer+Net`1</c>; empty if a call names no type.</summary>
    internal string TypeName { get; }

    /// <summary>A hash of its declared gradients, or null if they are unknown.</summary>
    internal string? Fingerprint { get; }

    /// <summary>The call that clips it, if the limit is an argument of the call; otherwise empty.</summary>
    internal ClipSite Site { get; }

    /// <summary>Gets the model of some gradients.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="model">The object that they belong to, if it is known.</param>
    internal static ObservedModel Of<TSource>(TSource gradients, object? model = null)
        where TSource : IGradientSource => gradients switch
        {
            IModelSource source => Of(source.ModelType, source.GradientFingerprint),
            ArgumentSource arguments => OfCall(arguments.Site),
            _ => Of((model ?? gradients).GetType(), null),
        };

    /// <summary>Gets the model of a type.</summary>
    internal static ObservedModel Of(Type type, string? fingerprint) => Of(type, default, fingerprint);

    /// <summary>Gets a model that is clipped by a call with a limit.</summary>
    internal static ObservedModel Of(Type type, in ClipSite site, string? fingerprint)
    {
        Type definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return Kept.TryGetValue((type, site), out ObservedModel? known)
            ? known
            : Keep(type, site, new ObservedModel(Display(type), definition.FullName ?? definition.Name, fingerprint, site));
    }

    /// <summary>Gets the model for gradients that a call names.</summary>
    internal static ObservedModel OfCall(in ClipSite site) =>
        Kept.TryGetValue((null, site), out ObservedModel? known)
            ? known
            : Keep(null, site, new ObservedModel(site.Text ?? "gradients", "", null, site));

    private static ObservedModel Keep(Type? type, in ClipSite site, ObservedModel model)
    {
        if (Kept.Count >= MostKept)
            Kept.Clear();
        return Kept.GetOrAdd((type, site), model);
    }

    // Returns, for example, Demo.Outer.Net<Single> for Demo.Outer+Net`1[[System.Single, …]].
    private static string Display(Type type)
    {
        var name = new StringBuilder(type.Namespace is null ? "" : type.Namespace + ".");
        Type[] arguments = type.GetGenericArguments();
        var containers = new Stack<Type>();
        for (Type? container = type; container is not null; container = container.DeclaringType)
            containers.Push(container);
        int used = 0;
        foreach (Type container in containers)
        {
            if (container != containers.Peek())
                name.Append('.');
            int tick = container.Name.IndexOf('`', StringComparison.Ordinal);
            name.Append(tick < 0 ? container.Name : container.Name[..tick]);
            int count = container.GetGenericArguments().Length - used;
            if (count <= 0)
                continue;
            name.Append('<').AppendJoin(", ", arguments.Skip(used).Take(count).Select(argument => argument.Name)).Append('>');
            used += count;
        }

        return name.ToString();
    }
}

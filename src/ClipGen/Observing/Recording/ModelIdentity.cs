namespace ClipGen.Observing.Recording;

/// <summary>Which model a record is of.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="TypeName">The full name of its type in metadata; empty where a call names no type.</param>
/// <param name="Fingerprint">A hash of its declared gradients, or null.</param>
/// <param name="File">The file of the call that has the limit, or null.</param>
/// <param name="Member">The member that the call is in, or null.</param>
/// <param name="Text">The argument that names the gradients, or null.</param>
internal sealed record ModelIdentity(string Name, string TypeName, string? Fingerprint, string? File, string? Member, string? Text)
{
    internal static ModelIdentity Of(ObservedModel model) =>
        new(model.Name, model.TypeName, model.Fingerprint, model.Site.File, model.Site.Member, model.Site.Text);
}

namespace ClipGen.Observing.Recording;

/// <summary>Identifies the model of a record.</summary>
/// <param name="Name">The display name.</param>
/// <param name="TypeName">The full name of its type in metadata; empty if a call names no type.</param>
/// <param name="Fingerprint">A hash of its declared gradients, or null.</param>
/// <param name="File">The file of the call that contains the limit, or null.</param>
/// <param name="Member">The member that contains the call, or null.</param>
/// <param name="Text">The argument that names the gradients, or null.</param>
internal sealed record ModelIdentity(string Name, string TypeName, string? Fingerprint, string? File, string? Member, string? Text)
{
    internal static ModelIdentity Of(ObservedModel model) =>
        new(model.Name, model.TypeName, model.Fingerprint, model.Site.File, model.Site.Member, model.Site.Text);
}

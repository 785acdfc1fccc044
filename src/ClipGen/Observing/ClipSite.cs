namespace ClipGen.Observing;

/// <summary>The call that clips, if the limit is an argument of the call.</summary>
/// <param name="Path">The path of the file, passed by the compiler.</param>
/// <param name="Member">The member that contains the call.</param>
/// <param name="Text">The argument that names the gradients, as written in the source code.</param>
internal readonly record struct ClipSite(string? Path, string? Member, string? Text)
{
    /// <summary>The name of the file. Folders differ between machines and are not recorded.</summary>
    internal string? File => Path?[(Path.LastIndexOfAny(['/', '\\']) + 1)..];
}

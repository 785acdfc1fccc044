namespace ClipGen.Observing;

/// <summary>The call that clips, where the limit is an argument of it.</summary>
/// <param name="Path">The path of the file, as the compiler fills it in.</param>
/// <param name="Member">The member that the call is in.</param>
/// <param name="Text">The argument that names the gradients, as it is written.</param>
internal readonly record struct ClipSite(string? Path, string? Member, string? Text)
{
    /// <summary>The file's name. Its folders differ from machine to machine and stay out of records.</summary>
    internal string? File => Path?[(Path.LastIndexOfAny(['/', '\\']) + 1)..];
}

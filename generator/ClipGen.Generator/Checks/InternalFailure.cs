namespace ClipGen.Generator.Checks;

/// <summary>The message for an error in ClipGen itself.</summary>
internal static class InternalFailure
{
    /// <summary>The exception in one line, and the address to report it to.</summary>
    public static string Describe(Exception exception) =>
        $"ClipGen failed on this declaration ({exception.GetType().Name}: {exception.Message.Replace('\r', ' ').Replace('\n', ' ')}); "
        + "please report it at https://github.com/clipgen/clipgen/issues";
}

namespace ClipGen.Benchmarks;

/// <summary>Where this program was built.</summary>
internal static class Repository
{
    /// <summary>The folder of the documentation.</summary>
    /// <exception cref="InvalidOperationException">The program does not run from inside the repository.</exception>
    public static DirectoryInfo Docs()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ClipGen.sln"))) return new DirectoryInfo(Path.Combine(folder.FullName, "docs"));
        }

        throw new InvalidOperationException("--write: this program does not run from inside the repository; name a folder with --output.");
    }
}

namespace ClipGen.Benchmarks;

/// <summary>The repository in which this program was built.</summary>
internal static class Repository
{
    /// <summary>The folder of the documentation.</summary>
    /// <exception cref="InvalidOperationException">The program does not run from inside the repository.</exception>
    public static DirectoryInfo Docs() => new(Path.Combine(Root().FullName, "docs"));

    /// <summary>The folder of the repository.</summary>
    /// <exception cref="InvalidOperationException">The program does not run from inside the repository.</exception>
    public static DirectoryInfo Root()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ClipGen.sln"))) return folder;
        }

        throw new InvalidOperationException("This program does not run from inside the repository that it was built in. With --write, name "
            + "a folder with --output.");
    }
}

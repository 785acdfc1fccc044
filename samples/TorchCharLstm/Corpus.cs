using System.Text;

namespace TorchCharLstm;

/// <summary>The text to learn.</summary>
/// <param name="Name">Where it comes from.</param>
/// <param name="Text">The text, with <c>\n</c> line ends.</param>
public sealed record Corpus(string Name, string Text)
{
    private static readonly string[] BuiltFolders = ["bin", "obj", "artifacts"];

    /// <summary>Reads a file, or the C# sources of the repository that this program was built in.</summary>
    /// <exception cref="IOException">There is nothing to read.</exception>
    public static Corpus Read(FileInfo? file)
    {
        if (file is not null)
            return new Corpus(file.Name, Normalize(File.ReadAllText(file.FullName)));
        DirectoryInfo root = FindRepository()
            ?? throw new FileNotFoundException("This program no longer lies in the repository whose sources it learns; name a text with --text.");
        IEnumerable<string> sources = root.EnumerateFiles("*.cs", SearchOption.AllDirectories)
            .Select(source => Path.GetRelativePath(root.FullName, source.FullName))
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(folder => BuiltFolders.Contains(folder) || folder.StartsWith('.')))
            .Order(StringComparer.Ordinal)
            .Select(path => File.ReadAllText(Path.Combine(root.FullName, path)));
        return new Corpus("the C# sources of ClipGen", Normalize(string.Join("\n", sources)));
    }

    private static DirectoryInfo? FindRepository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ClipGen.sln")))
            folder = folder.Parent;
        return folder;
    }

    private static string Normalize(string text) => text.Replace("\r", "", StringComparison.Ordinal).Normalize(NormalizationForm.FormC);
}

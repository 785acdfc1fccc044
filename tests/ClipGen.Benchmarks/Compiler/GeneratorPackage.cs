using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;

namespace ClipGen.Benchmarks.Compiler;

/// <summary>The generators of a package, from the file that a compiler would load, and types that use them.</summary>
/// <param name="Name">The name in the table.</param>
/// <param name="Library">The library that annotated types refer to.</param>
/// <param name="Generators">The types of the generators.</param>
/// <param name="WriteType">The text of a file with the n-th annotated type.</param>
public sealed record GeneratorPackage(string Name, MetadataReference Library, IReadOnlyList<Type> Generators, Func<int, string> WriteType)
{
    private static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "generators");

    /// <summary>The compared packages, ClipGen first.</summary>
    public static IReadOnlyList<GeneratorPackage> LoadAll()
    {
        GeneratorPackage toolkit = Load(
            "CommunityToolkit.Mvvm, all its generators", "CommunityToolkit.Mvvm.dll", "CommunityToolkit.Mvvm.SourceGenerators.dll",
            AnnotatedTypes.ViewModel);
        return
        [
            Load("ClipGen", "ClipGen.dll", "ClipGen.Generator.dll", AnnotatedTypes.Model),
            toolkit,
            toolkit with
            {
                Name = "CommunityToolkit.Mvvm, ObservableProperty only",
                Generators = [.. toolkit.Generators.Where(generator => generator.Name == "ObservablePropertyGenerator")],
            },
            Load("Riok.Mapperly", "Riok.Mapperly.Abstractions.dll", "Riok.Mapperly.dll", AnnotatedTypes.Mapper),
        ];
    }

    /// <summary>Creates instances of the generators, as a compiler does for a project.</summary>
    public ISourceGenerator[] Instantiate() =>
        [.. Generators.Select(generator => ((IIncrementalGenerator)Activator.CreateInstance(generator)!).AsSourceGenerator())];

    /// <summary>The types of a package's generators or analyzers.</summary>
    public static Type[] LoadTypes(string name, string file) =>
        new LoadContext(Folder, name).LoadFromAssemblyPath(Path.Combine(Folder, file)).GetTypes();

    private static GeneratorPackage Load(string name, string library, string generator, Func<int, string> writeType)
    {
        Type[] generators = [.. LoadTypes(name, generator).Where(type => type.GetCustomAttribute<GeneratorAttribute>() is not null)];
        return new(name, MetadataReference.CreateFromFile(Path.Combine(Folder, library)), generators, writeType);
    }

    // Each package loads its own dependencies, except for the compiler, which this program has loaded.
    private sealed class LoadContext(string folder, string name) : AssemblyLoadContext(name)
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            string path = Path.Combine(folder, assemblyName.Name + ".dll");
            return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }
    }
}

using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;

namespace Basic.Reference.Assemblies;

/// <summary>
/// Replaces the package of this name, which requires a newer compiler than the oldest one that is tested. The reference assemblies are the
/// same, and come from the SDK's targeting pack.
/// </summary>
internal static class Net100
{
    internal static class References
    {
        public static ImmutableArray<PortableExecutableReference> All { get; } =
            [.. Directory.GetFiles(TargetingPack(), "*.dll").Select(file => MetadataReference.CreateFromFile(file))];

        private static string TargetingPack() =>
            typeof(Net100).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
                .Single(metadata => metadata.Key == nameof(TargetingPack)).Value!;
    }
}

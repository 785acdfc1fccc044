using System;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Sets VER_FLG_WEAK on one version that an ELF library needs, so that it loads where the providing library lacks that version's name. Does
/// nothing where the provider has it. Compiled by MSBuild on the fly, in the C# that MSBuild's task factory knows.
/// </summary>
public sealed class WeakenSymbolVersion : Task
{
    private const uint VersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort Weak = 2; // VER_FLG_WEAK

    /// <summary>The library to change, in place.</summary>
    [Required]
    public string Library { get; set; }

    /// <summary>The version that it needs.</summary>
    [Required]
    public string Version { get; set; }

    /// <summary>The file name of the library that provides it.</summary>
    [Required]
    public string Provider { get; set; }

    public override bool Execute()
    {
        if (!File.Exists(Library) || ProviderHasVersion())
            return true;
        byte[] image = File.ReadAllBytes(Library);
        int flags = FindFlags(image);
        if (flags < 0 || (BitConverter.ToUInt16(image, flags) & Weak) != 0)
            return true;
        image[flags] |= (byte)Weak;

        // A new file: the old one may be a link to the package's.
        DateTime written = File.GetLastWriteTimeUtc(Library);
        File.Delete(Library);
        File.WriteAllBytes(Library, image);
        File.SetLastWriteTimeUtc(Library, written);
        Log.LogMessage(MessageImportance.High, "{0}: {1} lacks {2}, which is no longer insisted on.", Path.GetFileName(Library), Provider,
            Version);
        return true;
    }

    // The runtime that runs this build is linked to the same provider, so that the loader has already said which file it takes.
    private bool ProviderHasVersion()
    {
        string mapped = File.ReadLines("/proc/self/maps")
            .FirstOrDefault(line => line.IndexOf("/" + Provider, StringComparison.Ordinal) >= 0);
        return mapped == null || IndexOf(File.ReadAllBytes(mapped.Substring(mapped.IndexOf('/'))),
            Encoding.ASCII.GetBytes(Version + "\0")) >= 0;
    }

    // Where the flags of the version's entry in .gnu.version_r lie; -1 when it is not needed, or not a 64-bit little-endian library.
    private int FindFlags(byte[] image)
    {
        if (image.Length < 64 || BitConverter.ToUInt32(image, 0) != 0x464c457f || image[4] != 2 || image[5] != 1)
            return -1;
        long headers = BitConverter.ToInt64(image, 0x28);
        int size = BitConverter.ToUInt16(image, 0x3a);
        int count = BitConverter.ToUInt16(image, 0x3c);
        for (int i = 0; i < count; i++)
        {
            int header = (int)(headers + (i * size));
            if (BitConverter.ToUInt32(image, header + 4) != VersionNeeds)
                continue;
            int names = (int)BitConverter.ToInt64(image, (int)(headers + (BitConverter.ToUInt32(image, header + 40) * size)) + 24);
            for (int need = (int)BitConverter.ToInt64(image, header + 24), next = 1; next != 0; need += next)
            {
                for (int version = need + BitConverter.ToInt32(image, need + 8), step = 1; step != 0; version += step)
                {
                    if (NameAt(image, names + BitConverter.ToInt32(image, version + 8)) == Version)
                        return version + 4;
                    step = BitConverter.ToInt32(image, version + 12);
                }

                next = BitConverter.ToInt32(image, need + 12);
            }
        }

        return -1;
    }

    private static string NameAt(byte[] image, int start)
    {
        int end = Array.IndexOf(image, (byte)0, start);
        return Encoding.ASCII.GetString(image, start, end - start);
    }

    private static int IndexOf(byte[] image, byte[] pattern)
    {
        for (int i = Array.IndexOf(image, pattern[0]); i >= 0 && i + pattern.Length <= image.Length;
            i = Array.IndexOf(image, pattern[0], i + 1))
        {
            int j = 1;
            while (j < pattern.Length && image[i + j] == pattern[j])
                j++;
            if (j == pattern.Length)
                return i;
        }

        return -1;
    }
}

using System.Reflection;

namespace Kernels.Device;

/// <summary>The text of a device kernel, with the portability header in front and what it is compiled with.</summary>
/// <param name="Name">The file's path below the project, for example <c>Similarity/Similarity.cl</c>.</param>
/// <param name="Text">The whole text, header included.</param>
/// <param name="Variant">Names the set of definitions in files that are made ahead: letters and digits.</param>
/// <param name="Defines">Names and whole numbers that the text is compiled with.</param>
public sealed record KernelSource(
    string Name, string Text, string Variant, IReadOnlyList<KeyValuePair<string, int>> Defines)
{
    /// <summary>The header that lets one text be OpenCL C and CUDA.</summary>
    public const string HeaderName = "Device/Port.h";

    /// <summary>Takes a source that is built into this assembly.</summary>
    /// <param name="name">Its path below the project.</param>
    /// <param name="variant">The name of this set of definitions.</param>
    /// <param name="defines">The definitions.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ArgumentException">There is no such source.</exception>
    public static KernelSource Embedded(
        string name, string variant, params IReadOnlyList<KeyValuePair<string, int>> defines) =>
        new(name, Read(HeaderName) + Read(name), variant, defines);

    private static string Read(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new ArgumentException($"There is no kernel source \"{name}\" in the assembly.", nameof(name));
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}

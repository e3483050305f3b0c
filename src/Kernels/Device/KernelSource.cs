using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

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

    /// <summary>The header's text, for a source that is not built into this assembly.</summary>
    public static string Header => Read(HeaderName);

    /// <summary>SHA-256, in hexadecimal, of the text and then one line NAME=VALUE for each definition: what is compiled
    /// ahead of time carries it, so that it is known to be of this source.</summary>
    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        Text + string.Concat(Defines.Select(
            define => string.Create(CultureInfo.InvariantCulture, $"{define.Key}={define.Value}\n"))))));

    /// <summary>Takes a source that is built into this assembly.</summary>
    /// <param name="name">Its path below the project.</param>
    /// <param name="variant">The name of this set of definitions.</param>
    /// <param name="defines">The definitions.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ArgumentException">There is no such source.</exception>
    public static KernelSource Embedded(
        string name, string variant, params IReadOnlyList<KeyValuePair<string, int>> defines) =>
        Embedded([name], variant, defines);

    /// <summary>Takes several files that are built into this assembly, one behind another.</summary>
    /// <param name="names">Their paths below the project; the last one is the source's name.</param>
    /// <param name="variant">The name of this set of definitions.</param>
    /// <param name="defines">The definitions.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ArgumentException">One is not there.</exception>
    public static KernelSource Embedded(
        IReadOnlyList<string> names, string variant, params IReadOnlyList<KeyValuePair<string, int>> defines)
    {
        ArgumentNullException.ThrowIfNull(names);
        return new(names[^1], Header + string.Concat(names.Select(Read)), variant, defines);
    }

    private static string Read(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new ArgumentException($"There is no kernel source \"{name}\" in the assembly.", nameof(name));
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}

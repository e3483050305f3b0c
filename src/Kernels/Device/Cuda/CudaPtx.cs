using System.Globalization;
using System.Reflection;

namespace Kernels.Device.Cuda;

/// <summary>PTX that was made ahead and is built into this assembly.</summary>
/// <param name="Capability">What it was made for: 80 for sm_80. A newer GPU runs it, an older one does not.</param>
/// <param name="Text">The PTX.</param>
internal sealed record CudaPtx(int Capability, string Text)
{
    /// <summary>What build-ptx.sh makes files for, the newest first.</summary>
    public static readonly IReadOnlyList<int> Capabilities = [90, 80, 70];

    private const string EntryMark = ".entry ";

    /// <summary>How the first line begins; the source's hash follows.</summary>
    public const string HashMark = "// sha256 ";

    /// <summary>Finds the newest that a GPU can run.</summary>
    /// <param name="source">What it was made from.</param>
    /// <param name="capability">The GPU's compute capability.</param>
    /// <exception cref="KernelDeviceException">There is none, or it was made from another text.</exception>
    public static CudaPtx Find(KernelSource source, int capability)
    {
        foreach (int made in Capabilities.Where(made => made <= capability))
        {
            if (Read(ResourceOf(source.Name, source.Variant, made)) is { } text)
            {
                if (!text.StartsWith(HashMark + source.Sha256 + "\n", StringComparison.Ordinal))
                {
                    throw new KernelDeviceException(
                        $"The PTX of {source.Name} {source.Variant} for sm_{made} was made from another text: run "
                        + "src/Kernels/Device/Cuda/build-ptx.sh.");
                }

                return new CudaPtx(made, text);
            }
        }

        throw new KernelDeviceException(
            $"{source.Name} {source.Variant} was not made for sm_{capability} or an older GPU: see ptx-variants.txt.");
    }

    /// <summary>The name of a file in the assembly.</summary>
    /// <param name="source">The source's name.</param>
    /// <param name="variant">The name of its definitions.</param>
    /// <param name="capability">80 for sm_80.</param>
    public static string ResourceOf(string source, string variant, int capability) => string.Create(
        CultureInfo.InvariantCulture,
        $"Device/Cuda/Ptx/{Path.GetFileNameWithoutExtension(source)}.{variant}.sm_{capability}.ptx");

    /// <summary>The kernels with the number of their arguments: the driver tells it only from CUDA 12.4 on.</summary>
    public IReadOnlyDictionary<string, int> Entries()
    {
        Dictionary<string, int> entries = [];
        for (int at = Text.IndexOf(EntryMark, StringComparison.Ordinal); at >= 0;
            at = Text.IndexOf(EntryMark, at + 1, StringComparison.Ordinal))
        {
            int open = Text.IndexOf('(', at);
            int close = Text.IndexOf(')', at);
            string name = Text[(at + EntryMark.Length)..open];
            entries.Add(name, Text[open..close].Split(".param ").Length - 1);
        }

        return entries;
    }

    private static string? Read(string resource)
    {
        using Stream? stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource);
        if (stream is null)
        {
            return null;
        }

        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}

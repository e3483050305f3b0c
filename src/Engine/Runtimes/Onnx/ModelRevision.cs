using System.Security.Cryptography;
using System.Text;

namespace Engine.Runtimes.Onnx;

/// <summary>Names the exact files a model is made of, for the lineage of its pictures.</summary>
/// <remarks>The first 16 hex digits of the SHA-256 over the lines <c>path, tab, SHA-256 of the file, line feed</c>, by
/// path in ordinal order; paths are relative to the model's folder. The whole of every file is read, about 2 GB/s on
/// one core, while the sessions load.</remarks>
internal static class ModelRevision
{
    private const int Digits = 16;

    private static readonly string[] OtherFrameworks = [".safetensors", ".msgpack", ".ckpt", ".h5"];

    /// <summary>Reads model_index.json and each file in the folders of the parts in use. Weights of other frameworks
    /// that lie beside them are left out.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="parts">Folders below it; one that is not there is passed over.</param>
    /// <param name="stopping">Ends the reading.</param>
    /// <exception cref="ModelException">Unreadable: the system says no.</exception>
    public static Task<string> OfFolderAsync(string folder, IEnumerable<string> parts, CancellationToken stopping) =>
        OfAsync(
            folder,
            () => parts.Select(part => Path.Combine(folder, part)).Where(Directory.Exists)
                .SelectMany(part => Directory.EnumerateFiles(part))
                .Where(file => !OtherFrameworks.Contains(Path.GetExtension(file)))
                .Append(Path.Combine(folder, "model_index.json")),
            stopping);

    /// <summary>Reads a model of one file, and weights beside it, whose files begin with the model's name, as
    /// model.onnx.data and model.onnx_data do.</summary>
    /// <param name="file">The model.</param>
    /// <param name="stopping">Ends the reading.</param>
    /// <exception cref="ModelException">Unreadable: the system says no.</exception>
    public static Task<string> OfFileAsync(string file, CancellationToken stopping)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        return OfAsync(
            folder,
            () => Directory.EnumerateFiles(folder)
                .Where(other => Path.GetFileName(other).StartsWith(Path.GetFileName(file), StringComparison.Ordinal)),
            stopping);
    }

    /// <summary>One name for several.</summary>
    /// <param name="revisions">Revisions in a fixed order.</param>
    public static string Of(IEnumerable<string> revisions) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', revisions))))[..Digits];

    private static async Task<string> OfAsync(
        string folder, Func<IEnumerable<string>> files, CancellationToken stopping)
    {
        try
        {
            StringBuilder lines = new();
            foreach (string file in files().OrderBy(file => file, StringComparer.Ordinal))
            {
                byte[] hash;
                await using (FileStream content = File.OpenRead(file))
                {
                    hash = await SHA256.HashDataAsync(content, stopping).ConfigureAwait(false);
                }

                string path = Path.GetRelativePath(folder, file).Replace('\\', '/');
                lines.Append(path).Append('\t').Append(Convert.ToHexStringLower(hash)).Append('\n');
            }

            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines.ToString())))[..Digits];
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new ModelException(
                ModelFault.Unreadable, $"The model in {folder} cannot be read: {cause.Message}", cause);
        }
    }
}

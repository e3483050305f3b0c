using Engine.Runtimes.Onnx;

namespace Engine.Runtimes;

/// <summary>Reads the small files of a model folder within a bound, because the folder came from elsewhere.</summary>
internal static class ModelText
{
    /// <summary>Reads a whole file.</summary>
    /// <exception cref="ModelException">Missing; or Unreadable: larger than the bound, or the system says no.
    /// </exception>
    public static byte[] ReadBytes(string path, long bytesMax)
    {
        try
        {
            FileInfo file = new(path);
            if (!file.Exists)
            {
                throw new ModelException(ModelFault.Missing, $"The file {path} is not there.");
            }

            return file.Length <= bytesMax
                ? File.ReadAllBytes(path)
                : throw new ModelException(
                    ModelFault.Unreadable, $"The file {path} has {file.Length} bytes; at most {bytesMax} are allowed.");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new ModelException(
                ModelFault.Unreadable, $"The file {path} cannot be read: {cause.Message}", cause);
        }
    }
}

using System.Security.Cryptography;
using System.Text;

namespace Kernels.Device.OpenCl;

/// <summary>Built programs in files, so that a second start does not compile.</summary>
/// <remarks>
/// A file is its own SHA-256 and the program: a damaged one is as good as none. Written beside and renamed, so that two
/// processes may share the folder. It keeps 256 files and 90 days at most; the ones unused for longest go first. A
/// folder that cannot be written means building anew, not failing: the cache is a help.
/// </remarks>
internal sealed class ProgramCache
{
    private const int FilesMax = 256;
    private const string Ending = ".clbin";
    private static readonly TimeSpan AgeMax = TimeSpan.FromDays(90);

    private readonly string _folder;
    private readonly TimeProvider _clock;

    /// <summary>Uses a folder, which need not exist yet.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="clock">The time; null for the system's.</param>
    public ProgramCache(string folder, TimeProvider? clock = null) =>
        (_folder, _clock) = (folder, clock ?? TimeProvider.System);

    /// <summary>The name of what is built from these: anything else makes another name.</summary>
    /// <param name="text">The source.</param>
    /// <param name="options">The compiler's options.</param>
    /// <param name="device">The device with its driver's version.</param>
    public static string KeyOf(string text, string options, string device) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{device}\0{options}\0{text}")));

    /// <summary>What was kept under a name.</summary>
    /// <param name="key">The name.</param>
    /// <returns>The program; null when there is none or it is damaged.</returns>
    public byte[]? Read(string key)
    {
        string path = PathOf(key);
        try
        {
            byte[] file = File.ReadAllBytes(path);
            if (file.Length <= SHA256.HashSizeInBytes
                || !SHA256.HashData(file.AsSpan(SHA256.HashSizeInBytes)).AsSpan()
                    .SequenceEqual(file.AsSpan(0, SHA256.HashSizeInBytes)))
            {
                return null;
            }

            File.SetLastWriteTimeUtc(path, _clock.GetUtcNow().UtcDateTime); // It was used now.
            return file[SHA256.HashSizeInBytes..];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps a program.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="program">The program.</param>
    public void Write(string key, byte[] program)
    {
        string written = $"{PathOf(key)}.{Guid.NewGuid():N}.part";
        try
        {
            Directory.CreateDirectory(_folder);
            File.WriteAllBytes(written, [.. SHA256.HashData(program), .. program]);
            File.Move(written, PathOf(key), overwrite: true);
            Trim();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(written))
            {
                File.Delete(written);
            }
        }
    }

    private string PathOf(string key) => Path.Combine(_folder, key + Ending);

    // Files of an interrupted write go by their age as well.
    private void Trim()
    {
        DateTime oldest = (_clock.GetUtcNow() - AgeMax).UtcDateTime;
        FileInfo[] files =
            [.. new DirectoryInfo(_folder).GetFiles($"*{Ending}*").OrderByDescending(file => file.LastWriteTimeUtc)];
        foreach (FileInfo file in files.Where((file, rank) => rank >= FilesMax || file.LastWriteTimeUtc < oldest))
        {
            file.Delete();
        }
    }
}

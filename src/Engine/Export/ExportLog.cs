using System.Text.Json;
using System.Text;
using Engine.Disk;

namespace Engine.Export;

/// <summary>What an export has done so far: one line of JSON a sample, appended and flushed; the place it resumes
/// from.</summary>
/// <remarks>
/// The first line names the stream and the format; a category's line comes before the first sample of it, so ids never
/// change. A torn last line, which a crash leaves, is cut off: its sample is exported again, to the same bytes.
/// </remarks>
internal sealed class ExportLog : IDisposable
{
    private readonly FileStream _file;
    private readonly Dictionary<string, int> _categories = new(StringComparer.Ordinal);

    private ExportLog(FileStream file) => _file = file;

    /// <summary>The last sample's sequence; 0 when there is none.</summary>
    public long LastSequence { get; private set; }

    /// <summary>Ids of categories, from 1, in the order of their first samples.</summary>
    public IReadOnlyDictionary<string, int> Categories => _categories;

    /// <summary>Opens the log of a folder, making it where there is none.</summary>
    /// <exception cref="ExportException">It belongs to another stream or format, or a line in it is not ours.
    /// </exception>
    public static ExportLog Open(string path, string streamId, string format)
    {
        ExportLog log = new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read));
        try
        {
            log.Load(path, streamId, format);
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>The id of a category; a new one is written down.</summary>
    public int CategoryOf(string name)
    {
        if (!_categories.TryGetValue(name, out int id))
        {
            id = _categories.Count + 1;
            Write(json =>
            {
                json.WriteString("category", name);
                json.WriteNumber("id", id);
            });
            _categories.Add(name, id);
        }

        return id;
    }

    /// <summary>Writes one sample down.</summary>
    public void Add(long sequence, Action<Utf8JsonWriter> content)
    {
        Write(json =>
        {
            json.WriteNumber("sequence", sequence);
            content(json);
        });
        LastSequence = sequence;
    }

    /// <summary>Brings what was written to the disk.</summary>
    public void Flush() => Durable.Flush(_file);

    /// <summary>Every sample's line, in order.</summary>
    public IEnumerable<JsonElement> Samples()
    {
        _file.Flush();
        _file.Position = 0;
        using StreamReader lines = new(_file, Encoding.UTF8, leaveOpen: true);
        while (lines.ReadLine() is { } line)
        {
            using JsonDocument document = JsonDocument.Parse(line);
            if (document.RootElement.TryGetProperty("sequence", out _))
            {
                yield return document.RootElement;
            }
        }

        _file.Seek(0, SeekOrigin.End);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Load(string path, string streamId, string format)
    {
        long sound = 0;
        byte[] bytes = new byte[1 << 16];
        using MemoryStream line = new();
        for (int read = _file.Read(bytes); read > 0; read = _file.Read(bytes))
        {
            foreach (byte value in bytes.AsSpan(0, read))
            {
                line.WriteByte(value);
                if (value == '\n')
                {
                    Take(path, line.GetBuffer().AsMemory(0, (int)line.Length), streamId, format, isFirst: sound == 0);
                    sound += line.Length;
                    line.SetLength(0);
                }
            }
        }

        _file.SetLength(sound);
        _file.Seek(0, SeekOrigin.End);
        if (sound == 0)
        {
            Write(json =>
            {
                json.WriteString("stream", streamId);
                json.WriteString("format", format);
            });
        }
    }

    private void Take(string path, ReadOnlyMemory<byte> line, string streamId, string format, bool isFirst)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            if (isFirst && root.GetProperty("stream").GetString() is var stream && stream != streamId)
            {
                throw new ExportException(
                    $"{path} continues the store of stream {stream}, not {streamId}; export to another folder.");
            }

            if (isFirst && FormatOf(root) is var other && other != format)
            {
                throw new ExportException(
                    $"{path} is an export as {other}, not as {format}; export to another folder.");
            }

            if (root.TryGetProperty("category", out JsonElement category))
            {
                _categories.Add(category.GetString()!, root.GetProperty("id").GetInt32());
            }
            else if (root.TryGetProperty("sequence", out JsonElement sequence))
            {
                LastSequence = sequence.GetInt64();
            }
        }
        catch (Exception cause) when (cause is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ExportException($"{path} is not the log of an export: {cause.Message}", cause);
        }
    }

    // The first exports were COCO's and did not say so.
    private static string FormatOf(JsonElement root) =>
        root.TryGetProperty("format", out JsonElement format) ? format.GetString() ?? "" : "coco";

    private void Write(Action<Utf8JsonWriter> content)
    {
        using (Utf8JsonWriter json = new(_file))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }

        _file.WriteByte((byte)'\n');
    }
}

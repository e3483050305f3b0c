using System.Globalization;
using System.Text;
using System.Text.Json;
using Engine.Disk;
using Engine.Items;
using Engine.Store;
using Kernels.Masks;

namespace Engine.Export;

/// <summary>Writes a store as a YOLO segmentation data set: <c>images/train/KEY.png</c>, <c>labels/train/KEY.txt</c>,
/// <c>data.yaml</c>.</summary>
/// <remarks>
/// Steps: (1) each new sample's picture and label are written under other names and renamed; (2) its line goes to the
/// log, which is flushed every so often, after the folders; (3) data.yaml is replaced at the end. Class ids count from
/// 0 in the order of the categories' first samples and never change in a folder.
/// </remarks>
/// <param name="store">What is exported; owned by the caller.</param>
/// <param name="folder">Where to; made when absent.</param>
/// <param name="valPercent">Share of the samples that goes to <c>val</c>, 0 to 100 percent.</param>
public sealed class YoloExport(StoreView store, string folder, double valPercent)
{
    private readonly ExportSplit _split = new(valPercent);

    /// <summary>Exports what is new since the last run.</summary>
    /// <param name="progress">Told the sequence that was written, now and then; may be null.</param>
    /// <param name="stopping">Ends the run between two samples; what was written stays.</param>
    /// <returns>Samples written by this run.</returns>
    /// <exception cref="ExportException">The folder holds another export.</exception>
    /// <exception cref="StoreException">A sample is damaged, or the ledger cannot be read.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public long Run(Action<long>? progress, CancellationToken stopping)
    {
        string[] folders =
            [.. _split.Names.SelectMany(part => new[] { Folder("images", part), Folder("labels", part) })];
        Array.ForEach(folders, made => Directory.CreateDirectory(made));
        string format = string.Create(CultureInfo.InvariantCulture, $"yolo, val {valPercent} %");
        using ExportLog log = ExportLog.Open(Path.Combine(folder, "export.jsonl"), store.StreamId, format);
        long added = ExportFiles.AddNew(
            store, log, (stored, sample) => Add(log, stored, sample), folders, progress, stopping);
        WriteNames(log);
        return added;
    }

    /// <summary>One polygon of a mask: its outlines, holes too, joined by lines of no width.</summary>
    /// <param name="mask">[height, width] bytes, 0 is background; with an object in it.</param>
    /// <param name="width">Columns in px.</param>
    /// <param name="height">Rows in px.</param>
    /// <returns>x and y of the corners in px, closed from the last to the first.</returns>
    /// <remarks>From the first outline's first corner the line goes to each other outline's, around it and back, so
    /// what lies between is walked twice and fills nothing.</remarks>
    internal static List<int> Polygon(ReadOnlySpan<byte> mask, int width, int height)
    {
        IReadOnlyList<int[]> outlines = MaskContours.Trace(mask, width, height);
        List<int> points = [.. outlines[0]];
        foreach (int[] other in outlines.Skip(1))
        {
            points.AddRange(outlines[0].AsSpan(0, 2));
            points.AddRange(other);
            points.AddRange(other.AsSpan(0, 2));
        }

        return points;
    }

    private string Folder(string kind, string part) => Path.Combine(folder, kind, part);

    private void Add(ExportLog log, in StoredSample stored, Sample sample)
    {
        string part = _split.Of(sample.Key);
        string name = $"{sample.Key}.{sample.ImageExtension}";
        int category = log.CategoryOf(sample.Category) - 1;
        byte[] label = Label(category, sample);
        ExportFiles.Replace(Path.Combine(Folder("images", part), name), file => file.Write(sample.Image.Span)); // (1)
        ExportFiles.Replace(Path.Combine(Folder("labels", part), $"{sample.Key}.txt"), file => file.Write(label));
        log.Add(stored.Sequence, line => line.WriteString("file_name", $"{part}/{name}")); // (2)
    }

    private static byte[] Label(int category, Sample sample)
    {
        using JsonDocument json = JsonDocument.Parse(sample.Json);
        JsonElement text = json.RootElement.GetProperty("segmentation");
        (int height, int width) = (text.GetProperty("size")[0].GetInt32(), text.GetProperty("size")[1].GetInt32());
        byte[] mask = new byte[checked(width * height)];
        CocoRle.Decode(CocoRle.FromText(text.GetProperty("counts").GetString()), width, height, mask);
        if (!mask.AsSpan().ContainsAnyExcept((byte)0))
        {
            return []; // an empty label file says that there is no object
        }

        List<int> points = Polygon(mask, width, height);
        StringBuilder line = new();
        line.Append(category);
        for (int i = 0; i < points.Count; i += 2)
        {
            line.Append(CultureInfo.InvariantCulture, $" {(double)points[i] / width:0.######}");
            line.Append(CultureInfo.InvariantCulture, $" {(double)points[i + 1] / height:0.######}");
        }

        return Encoding.ASCII.GetBytes(line.Append('\n').ToString());
    }

    private void WriteNames(ExportLog log)
    {
        string val = valPercent > 0 ? "images/val" : "images/train";
        ExportFiles.Replace(Path.Combine(folder, "data.yaml"), file => // (3)
        {
            using StreamWriter yaml = new(file, leaveOpen: true);
            yaml.Write($"path: .\ntrain: images/train\nval: {val}\nnames:\n");
            foreach ((string name, int id) in log.Categories.OrderBy(entry => entry.Value))
            {
                string quoted = JsonSerializer.Serialize(name);
                yaml.Write(string.Create(CultureInfo.InvariantCulture, $"  {id - 1}: {quoted}\n"));
            }
        });
        Durable.FlushDirectory(folder);
    }
}

using System.Text.Json;

namespace Engine.Index.Sources;

/// <summary>The first reading of a json: its images and categories, and where each annotation stands.</summary>
/// <remarks>
/// The three arrays may come in any order: COCO puts images first, LVIS annotations. So an annotation is only noted
/// here (its image, category and place), and checked against the others by <see cref="CocoOrder"/> afterwards.
/// </remarks>
internal sealed class CocoScan
{
    private static readonly string[] Needed = ["images", "categories", "annotations"];

    private readonly JsonWalker _walker;
    private readonly CocoSourceOptions _options;
    private readonly SourceProblems _problems;
    private readonly CancellationToken _stopping;
    private readonly HashSet<string> _seen = [];
    private (long? Image, long? Category, bool IsObject) _annotation;
    private bool _isNew;
    private (string? Field, string? What) _fault;

    private CocoScan(
        JsonWalker walker, CocoSourceOptions options, SourceProblems problems, CancellationToken stopping) =>
        (_walker, _options, _problems, _stopping) = (walker, options, problems, stopping);

    /// <summary>What was listed.</summary>
    private CocoTables Tables { get; } = new();

    /// <summary>Reads a whole json.</summary>
    /// <param name="stream">The text.</param>
    /// <param name="options">Its name and limits.</param>
    /// <param name="entries">Receives the annotations in their order.</param>
    /// <param name="problems">Receives what was passed over.</param>
    /// <param name="stopping">Ends the reading.</param>
    /// <exception cref="InvalidDataException">The json is broken, or its top level is another.</exception>
    public static CocoTables Run(
        Stream stream,
        CocoSourceOptions options,
        EntryFile entries,
        SourceProblems problems,
        CancellationToken stopping)
    {
        using JsonWalker walker = new(stream, options.AnnotationsFile, options.ItemBytesMax);
        CocoScan scan = new(walker, options, problems, stopping);
        scan.ReadTop(entries);
        return scan.Tables;
    }

    private void ReadTop(EntryFile entries)
    {
        if (_walker.Token() != JsonTokenType.StartObject)
        {
            throw _walker.Fatal("the file must hold an object");
        }

        while (_walker.Token() == JsonTokenType.PropertyName)
        {
            string? name = _walker.Text;
            if (!Needed.Contains(name))
            {
                _walker.Skip();
                continue;
            }

            if (!_seen.Add(name!))
            {
                throw _walker.Fatal($"\"{name}\" stands here a second time");
            }

            _walker.BeginArray(name!);
            JsonStep step = name switch { "images" => OnImage, "categories" => OnCategory, _ => OnAnnotation };
            ReadArray(step, name == "annotations" ? entries : null);
            (_walker.Section, _walker.Field) = (null, null);
        }

        _walker.End();
        if (Needed.FirstOrDefault(name => !_seen.Contains(name)) is { } missing)
        {
            throw _walker.Fatal($"the file has no \"{missing}\"");
        }
    }

    private void ReadArray(JsonStep step, EntryFile? entries)
    {
        while (true)
        {
            if ((_walker.Index & 0xFFF) == 0)
            {
                _stopping.ThrowIfCancellationRequested();
            }

            JsonNext next = _walker.Next(step);
            if (next == JsonNext.End)
            {
                return;
            }

            if (next == JsonNext.TooLarge)
            {
                _problems.Add(SourceFault.TooLarge, _walker.Where, $"more than {_options.ItemBytesMax} bytes");
            }
            else if (entries is null)
            {
                AddItem();
            }
            else
            {
                AddEntry(entries);
            }
        }
    }

    private void AddItem()
    {
        if (_fault.What is not null)
        {
            _walker.Field = _fault.Field;
            _problems.Add(SourceFault.WrongField, _walker.Where, _fault.What);
        }
        else if (!_isNew)
        {
            _problems.Add(SourceFault.DuplicateId, _walker.Where, "its id was used before");
        }
    }

    private void AddEntry(EntryFile entries)
    {
        if (_annotation is not { Image: { } image, Category: { } category })
        {
            _walker.Field = !_annotation.IsObject ? null : _annotation.Image is null ? "image_id" : "category_id";
            _problems.Add(
                SourceFault.WrongField,
                _walker.Where,
                _annotation.IsObject ? "missing, or not a whole number" : "not an object");
            return;
        }

        if (_walker.Index >= int.MaxValue)
        {
            throw _walker.Fatal($"there are more than {int.MaxValue} annotations");
        }

        entries.Append(new(image, category, _walker.ElementOffset, _walker.ElementBytes, (int)_walker.Index));
    }

    private bool OnImage(ref Utf8JsonReader reader)
    {
        if (!_walker.TryWhole(ref reader, out ReadOnlySpan<byte> text))
        {
            return false;
        }

        RealImage? image = CocoItems.Image(text, out string field);
        SetFault(image is null, field);
        _isNew = image is not null && Tables.TryAdd(image);
        return Tables.Images.Count <= _options.ImagesMax
            ? true
            : throw _walker.Fatal($"there are more than {_options.ImagesMax} images");
    }

    private bool OnCategory(ref Utf8JsonReader reader)
    {
        if (!_walker.TryWhole(ref reader, out ReadOnlySpan<byte> text))
        {
            return false;
        }

        RealCategory? category = CocoItems.Category(text, out string field);
        SetFault(category is null, field);
        _isNew = category is not null && Tables.TryAdd(category);
        return true;
    }

    // Read where it stands, once: the segmentation, most of the file, is only passed over here.
    private bool OnAnnotation(ref Utf8JsonReader reader)
    {
        _annotation = (null, null, reader.TokenType == JsonTokenType.StartObject);
        if (!_annotation.IsObject)
        {
            return reader.TrySkip();
        }

        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                return true;
            }

            bool isImage = reader.ValueTextEquals("image_id"u8);
            bool isCategory = !isImage && reader.ValueTextEquals("category_id"u8);
            _walker.Field = isImage ? "image_id" : isCategory ? "category_id"
                : reader.ValueTextEquals("segmentation"u8) ? "segmentation" : null;
            if (!reader.Read())
            {
                return false;
            }

            if (isImage)
            {
                _annotation.Image = JsonFields.Int64(ref reader);
            }
            else if (isCategory)
            {
                _annotation.Category = JsonFields.Int64(ref reader);
            }

            if (!reader.TrySkip())
            {
                return false;
            }
        }

        return false;
    }

    private void SetFault(bool isFaulty, string field) => _fault = !isFaulty
        ? default
        : field.Length == 0 ? (null, "not an object") : (field, "missing, or of another type or range");
}

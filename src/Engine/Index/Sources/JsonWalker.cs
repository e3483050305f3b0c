using System.Text.Json;

namespace Engine.Index.Sources;

/// <summary>Walks a json text of any length through a buffer that holds one element of an array at a time.</summary>
/// <remarks>
/// Memory is bounded by the largest element allowed, whatever the text's length. A step that runs out of text is run
/// again from its start once more is there; the buffer is large against an element, so that is rare.
/// </remarks>
internal sealed partial class JsonWalker : IDisposable
{
    private readonly JsonStep _tokenStep;
    private readonly JsonStep _skipStep;
    private readonly JsonStep _nextStep;
    private JsonStep? _step;
    private JsonTokenType _token;
    private int _depth;
    private bool _isSkipped;

    /// <summary>Begins at the stream's first byte.</summary>
    /// <param name="stream">The text; owned by the caller.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <param name="elementBytesMax">Bytes an element or a token may take, at least 1,024.</param>
    public JsonWalker(Stream stream, string name, int elementBytesMax)
    {
        (_stream, _name, _elementBytesMax) = (stream, name, elementBytesMax);
        (_tokenStep, _skipStep, _nextStep) = (ReadToken, ReadSkipped, ReadNext);
    }

    /// <summary>The name of the last property or string read by <see cref="Token"/>; null if it is not a text.
    /// </summary>
    public string? Text { get; private set; }

    /// <summary>The array being read, for messages.</summary>
    public string? Section { get; set; }

    /// <summary>The field being read, for messages.</summary>
    public string? Field { get; set; }

    /// <summary>The number of the element read last by <see cref="Next"/>, from 0.</summary>
    public long Index { get; private set; } = -1;

    /// <summary>Where the element read last begins, in bytes of the file.</summary>
    public long ElementOffset { get; private set; }

    /// <summary>How long it is.</summary>
    public int ElementBytes => (int)(_base + _start - ElementOffset);

    /// <summary>Where the walk is, such as annotations[17].bbox.</summary>
    public string Where =>
        Section is null ? "top level" : Section + (Index < 0 ? "" : $"[{Index}]") + (Field is null ? "" : $".{Field}");

    /// <summary>Reads one token.</summary>
    public JsonTokenType Token()
    {
        if (!Advance(_tokenStep))
        {
            throw TokenTooLong();
        }

        return _token;
    }

    /// <summary>Passes over the next value, however long it is.</summary>
    public void Skip()
    {
        (_depth, _isSkipped) = (0, false);
        while (!_isSkipped)
        {
            if (!Advance(_skipStep))
            {
                throw TokenTooLong();
            }
        }
    }

    /// <summary>Begins an array.</summary>
    /// <param name="section">Its name, for messages.</param>
    /// <exception cref="InvalidDataException">The next value is none.</exception>
    public void BeginArray(string section)
    {
        (Section, Field, Index) = (section, null, -1);
        if (Token() is not JsonTokenType.StartArray)
        {
            throw Fatal($"an array must stand here, not {_token}");
        }
    }

    /// <summary>Runs a step on the next element; the reader stands on its first token.</summary>
    /// <param name="step">Reads the whole element.</param>
    public JsonNext Next(JsonStep step)
    {
        (_step, Field) = (step, null);
        Index++;
        if (!Advance(_nextStep))
        {
            Field = null;
            Skip();
            return JsonNext.TooLarge;
        }

        return _token == JsonTokenType.EndArray ? JsonNext.End : JsonNext.Element;
    }

    /// <summary>The bytes of the value on which the reader stands, which it then has passed.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="element">The value's text, if all of it is there.</param>
    public bool TryWhole(ref Utf8JsonReader reader, out ReadOnlySpan<byte> element)
    {
        int first = (int)reader.TokenStartIndex;
        bool isWhole = reader.TrySkip();
        element = isWhole ? _buffer.AsSpan(_start + first, (int)reader.BytesConsumed - first) : default;
        return isWhole;
    }

    /// <summary>Reads to the end of the text, where nothing but white space may stand.</summary>
    public void End()
    {
        Section = null;
        Advance((ref Utf8JsonReader reader) => !reader.Read() && _isEnd);
    }

    /// <summary>The error that the file as a whole cannot be read.</summary>
    /// <param name="reason">Why, in words.</param>
    public InvalidDataException Fatal(string reason) => Fatal(_start, reason);

    /// <inheritdoc/>
    public void Dispose() => Return();

    private InvalidDataException TokenTooLong() => Fatal($"a value takes more than {_elementBytesMax} bytes");

    private bool ReadToken(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
        {
            return false;
        }

        _token = reader.TokenType;
        Text = _token is JsonTokenType.PropertyName or JsonTokenType.String ? JsonFields.Text(ref reader) : null;
        return true;
    }

    // As many tokens as are there, up to the value's end; each call goes on where the last one ended.
    private bool ReadSkipped(ref Utf8JsonReader reader)
    {
        bool hasRead = false;
        while (!_isSkipped && reader.Read())
        {
            hasRead = true;
            _depth += reader.TokenType switch
            {
                JsonTokenType.StartArray or JsonTokenType.StartObject => 1,
                JsonTokenType.EndArray or JsonTokenType.EndObject => -1,
                _ => 0,
            };
            _isSkipped = _depth == 0;
        }

        return hasRead;
    }

    private bool ReadNext(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
        {
            return false;
        }

        _token = reader.TokenType;
        ElementOffset = _base + _start + reader.TokenStartIndex;
        return _token == JsonTokenType.EndArray || _step!(ref reader);
    }
}

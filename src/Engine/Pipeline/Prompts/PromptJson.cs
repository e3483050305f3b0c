using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Engine.Pipeline.Prompts;

/// <summary>Reads one JSON object of prompt, category and seed; anything else in it is a named error.</summary>
internal static class PromptJson
{
    private const string Known = "prompt, category and seed";

    private static readonly JsonReaderOptions Strict = new()
    {
        MaxDepth = 2,
        CommentHandling = JsonCommentHandling.Disallow,
        AllowTrailingCommas = false,
    };

    /// <summary>Reads a line.</summary>
    /// <param name="line">The bytes of one object.</param>
    /// <param name="category">The category when the object names none; may be null.</param>
    /// <param name="promptBytesMax">UTF-8 bytes of a prompt at most.</param>
    /// <param name="request">The request; null when there is a problem.</param>
    /// <returns>Null, or the problem.</returns>
    public static string? Read(
        ReadOnlySpan<byte> line, string? category, int promptBytesMax, out PromptRequest? request)
    {
        request = null;
        if (PromptText.NotUtf8(line) is { } bytes)
        {
            return $"the line {bytes}";
        }

        Members members = new() { Category = category };
        try
        {
            Utf8JsonReader reader = new(line, Strict);
            if (members.Read(ref reader) is { } problem)
            {
                return problem;
            }
        }
        catch (JsonException broken)
        {
            return $"the line is not JSON: {FirstSentence(broken.Message)}, at byte {broken.BytePositionInLine ?? 0}";
        }

        return Check(members, promptBytesMax, out request);
    }

    private static string? Check(Members members, int promptBytesMax, out PromptRequest? request)
    {
        request = null;
        if (members.Prompt is null)
        {
            return "the member prompt is missing";
        }

        if (members.Category is null)
        {
            return "the member category is missing";
        }

        if (PromptText.Clean(members.Prompt, promptBytesMax, out string text) is { } promptProblem)
        {
            return $"the prompt {promptProblem}";
        }

        if (PromptText.Clean(members.Category, PromptText.CategoryBytesMax, out string category) is { } problem)
        {
            return $"the category {problem}";
        }

        request = new PromptRequest(category, text, members.Seed);
        return null;
    }

    private static string FirstSentence(string message)
    {
        int end = message.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? message.TrimEnd('.') : message[..end];
    }

    private static string Shown(ReadOnlySpan<byte> value)
    {
        string text = Encoding.UTF8.GetString(value[..Math.Min(value.Length, 64)]);
        return string.Concat(text.Select(character => char.IsControl(character) ? '?' : character));
    }

    /// <summary>The members found so far.</summary>
    private sealed class Members
    {
        private bool _ownCategory;

        public string? Prompt { get; private set; }

        public string? Category { get; set; }

        public ulong? Seed { get; private set; }

        public string? Read(ref Utf8JsonReader reader)
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return "the line is JSON but no object";
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (ReadMember(ref reader) is { } problem)
                {
                    return problem;
                }
            }

            // Throws for anything after the object.
            reader.Read();
            return null;
        }

        private string? ReadMember(ref Utf8JsonReader reader)
        {
            string name = Shown(reader.ValueSpan);
            (bool known, bool twice) = name switch
            {
                "prompt" => (true, Prompt is not null),
                "category" => (true, _ownCategory),
                "seed" => (true, Seed is not null),
                _ => (false, false),
            };
            if (!known)
            {
                return $"the member '{name}' is unknown; known are {Known}";
            }

            if (twice)
            {
                return $"the member {name} is there twice";
            }

            reader.Read();
            return name == "seed" ? ReadSeed(ref reader) : ReadText(name, ref reader);
        }

        private string? ReadSeed(ref Utf8JsonReader reader)
        {
            if (reader.TokenType == JsonTokenType.Null)
            {
                return null;
            }

            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetUInt64(out ulong seed))
            {
                string given = reader.TokenType is JsonTokenType.Number or JsonTokenType.String
                    ? $"'{Shown(reader.ValueSpan)}'"
                    : $"a {reader.TokenType}";
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"the seed is {given}; it must be a whole number from 0 to {ulong.MaxValue}");
            }

            Seed = seed;
            return null;
        }

        private string? ReadText(string name, ref Utf8JsonReader reader)
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                return $"the member {name} is a {reader.TokenType}; it must be a string";
            }

            string text;
            try
            {
                text = reader.GetString()!;
            }
            catch (InvalidOperationException)
            {
                // The line is UTF-8, so this is an escape for half of a surrogate pair.
                return $"the {name} has an escape for half of a surrogate pair";
            }

            if (name == "prompt")
            {
                Prompt = text;
            }
            else
            {
                (Category, _ownCategory) = (text, true);
            }

            return null;
        }
    }
}

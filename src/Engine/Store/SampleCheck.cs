using System.Buffers;
using System.Globalization;
using Engine.Items;

namespace Engine.Store;

/// <summary>What a sample must be before a byte of it is written; a wrong one is the caller's mistake.</summary>
internal static class SampleCheck
{
    private const int PromptIdCharactersMax = 64;
    private const int AttemptMax = 999_999;
    private const int CategoryCharactersMax = 256;

    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-");

    /// <summary>Throws for the first thing that is wrong.</summary>
    /// <exception cref="ArgumentException">The message names the sample, the value and the bound.</exception>
    public static void Throw(Sample sample, long bytesMax)
    {
        PromptId(sample.PromptId);
        Category(sample.Category);
        Attempt(sample.PromptId, sample.Attempt);
        string key = string.Create(CultureInfo.InvariantCulture, $"{sample.PromptId}-{sample.Attempt:D6}");
        if (sample.Key != key)
        {
            throw new ArgumentException(
                $"Sample {sample.Key} has the wrong key; by its prompt and attempt it must be {key}.");
        }

        if (sample.ImageExtension is not ("png" or "webp" or "jpg"))
        {
            throw new ArgumentException(
                $"Sample {key} has a picture of type '{sample.ImageExtension}'; it must be png, webp or jpg.");
        }

        if (sample.Bytes > bytesMax)
        {
            throw new ArgumentException($"Sample {key} has {sample.Bytes} bytes; it must be at most {bytesMax}.");
        }
    }

    /// <summary>Throws unless the id can be part of a file name in a tar that splits names at dots.</summary>
    public static void PromptId(string id)
    {
        if (id.Length is < 1 or > PromptIdCharactersMax || id.AsSpan().ContainsAnyExcept(IdCharacters))
        {
            throw new ArgumentException(
                $"Prompt id '{id}' is wrong; it must be 1 to {PromptIdCharactersMax} of [0-9a-zA-Z_-].");
        }
    }

    /// <summary>Throws unless the attempt has at most the six digits that a key has for it.</summary>
    public static void Attempt(string promptId, int attempt)
    {
        if (attempt is < 0 or > AttemptMax)
        {
            throw new ArgumentException($"Prompt {promptId} has attempt {attempt}; it must be 0 to {AttemptMax}.");
        }
    }

    /// <summary>Throws unless the name can be a category's.</summary>
    public static void Category(string category)
    {
        if (category.Length is < 1 or > CategoryCharactersMax)
        {
            throw new ArgumentException(
                $"A category's name has {category.Length} characters; it must have 1 to {CategoryCharactersMax}.");
        }
    }
}

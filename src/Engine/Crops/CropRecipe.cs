using System.Globalization;
using System.Text.RegularExpressions;
using Engine.Options;

namespace Engine.Crops;

/// <summary>How an object is cut out of its picture before it is embedded. Default: as DiverGen does with real ones.
/// </summary>
public sealed partial record CropRecipe : ICheckedOptions
{
    /// <summary>The whole picture as it is.</summary>
    public static CropRecipe WholePicture { get; } = new() { IsWhole = true, Outside = OutsideFill.None };

    /// <summary>The whole picture, black outside the object, as DiverGen embeds generated ones.</summary>
    public static CropRecipe WholeOnBlack { get; } = new() { IsWhole = true, Outside = OutsideFill.Black };

    /// <summary>Pixels added to the box on each side, then clipped to the picture. 0 to 4096. Default 40.</summary>
    public int PaddingPx { get; init; } = 40;

    /// <summary>Whether nothing is cut off, whatever the padding. Default false.</summary>
    public bool IsWhole { get; init; }

    /// <summary>What stands outside the object. Default <see cref="OutsideFill.Blur"/>.</summary>
    public OutsideFill Outside { get; init; } = OutsideFill.Blur;

    /// <summary>Side of the square whose mean is the blur. 1 to 256. Default 10.</summary>
    public int BlurPx { get; init; } = 10;

    /// <summary>The recipe in words, as an index keeps it: equal words, equal pixels.</summary>
    public string Text => this switch
    {
        { IsWhole: true, Outside: OutsideFill.None } => "whole pictures",
        { IsWhole: true } => $"{OutsideText}, whole pictures",
        _ => string.Create(CultureInfo.InvariantCulture, $"{OutsideText}, padding {PaddingPx} px"),
    };

    private string OutsideText =>
        string.Create(CultureInfo.InvariantCulture, $"{Outside.ToString().ToLowerInvariant()} {BlurPx} px");

    /// <summary>Reads a recipe's words.</summary>
    /// <param name="text">What <see cref="Text"/> gave.</param>
    /// <returns>A recipe of the same words; null where they are none, such as those of embeddings made elsewhere.
    /// </returns>
    public static CropRecipe? Read(string text)
    {
        if (text == WholePicture.Text)
        {
            return WholePicture;
        }

        Match words = Words().Match(text);
        if (!words.Success)
        {
            return null;
        }

        CropRecipe recipe = new()
        {
            Outside = Enum.Parse<OutsideFill>(words.Groups[1].Value, ignoreCase: true),
            BlurPx = int.Parse(words.Groups[2].Value, CultureInfo.InvariantCulture),
            IsWhole = !words.Groups[3].Success,
        };
        recipe = recipe.IsWhole
            ? recipe
            : recipe with { PaddingPx = int.Parse(words.Groups[3].Value, CultureInfo.InvariantCulture) };
        return recipe.Problems().Any() ? null : recipe;
    }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (PaddingPx is < 0 or > 4096)
        {
            yield return new(nameof(PaddingPx), $"is {PaddingPx}; it must be 0 to 4096 px");
        }

        if (!Enum.IsDefined(Outside))
        {
            yield return new(nameof(Outside), $"is {Outside}; it must be blur, black, white or none");
        }

        if (BlurPx is < 1 or > 256)
        {
            yield return new(nameof(BlurPx), $"is {BlurPx}; it must be 1 to 256 px");
        }
    }

    [GeneratedRegex(@"^(blur|black|white|none) ([0-9]{1,4}) px, (?:padding ([0-9]{1,5}) px|whole pictures)$")]
    private static partial Regex Words();
}

using System.Text.RegularExpressions;

namespace Engine.Pipeline.Prompts;

/// <summary>Makes a prompt of a category's name and definition.</summary>
internal static partial class PromptTemplate
{
    /// <summary>The reference's template (Fan et al., "DiverGen", CVPR 2024, prompts of the LVIS set).</summary>
    public const string Default = "a photo of a single {name}, {definition}, in a white background";

    private const string Known = "{name} and {definition}";

    /// <summary>Checks a template.</summary>
    /// <returns>Null when it is good; else what is wrong, to stand after the property's name.</returns>
    public static string? Problem(string template)
    {
        string shown = template.Length <= 200 ? template : template[..200] + "...";
        if (Placeholder().Matches(template).FirstOrDefault(match => match.Value is not ("{name}" or "{definition}")) is
            { } unknown)
        {
            return $"has the unknown placeholder {unknown.Value} in '{shown}'; known are {Known}";
        }

        if (Placeholder().Replace(template, string.Empty).AsSpan().ContainsAny('{', '}'))
        {
            return $"has a brace that belongs to no placeholder in '{shown}'; known are {Known}";
        }

        return template.Contains("{name}", StringComparison.Ordinal)
            ? null
            : $"is '{shown}'; it must hold {{name}}, or all categories would get one prompt";
    }

    /// <summary>Fills a template in.</summary>
    /// <param name="template">A template without a problem.</param>
    /// <param name="name">The category's name.</param>
    /// <param name="definition">The definition; null or blank takes placeholder and comma out.</param>
    public static string Render(string template, string name, string? definition)
    {
        bool defined = !string.IsNullOrWhiteSpace(definition);
        string text = defined
            ? template
            : Undefined().Replace(template, string.Empty).TrimStart(' ', ',', ';', ':');

        // In one pass, so that a name or a definition is never read as a template.
        return Placeholder().Replace(text, match => match.Value == "{name}" ? name : definition!.Trim());
    }

    [GeneratedRegex(@"\{[^{}]*\}")]
    private static partial Regex Placeholder();

    // The separator before it and brackets around it go too.
    [GeneratedRegex(@"\s*[,;:]?\s*[(\[]?\{definition\}[)\]]?")]
    private static partial Regex Undefined();
}

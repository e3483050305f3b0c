using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Host.Transport;

namespace Host.Commands;

/// <summary>The option that says how much of which categories is wanted.</summary>
internal static class DemandOption
{
    private const string Name = "--demand";

    /// <summary>Makes the option.</summary>
    /// <returns>Weights by category; null where it is not given.</returns>
    public static Option<IReadOnlyDictionary<string, double>?> Create() => new(Name)
    {
        Description = "NAME=WEIGHT: this much of a category is wanted, 0 to 1e9, where only proportions count; may be "
            + "given again.",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = Parse,
    };

    private static Dictionary<string, double>? Parse(ArgumentResult result)
    {
        Dictionary<string, double> weights = new(StringComparer.Ordinal);
        foreach (string given in result.Tokens.Select(token => token.Value))
        {
            int equals = given.LastIndexOf('='); // a name may have one too
            if (equals < 0 || !double.TryParse(
                given.AsSpan(equals + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double weight))
            {
                result.AddError($"{Name}: '{given}' is no demand; it must be NAME=WEIGHT, as in \"bath towel=0.25\".");
                return null;
            }

            weights[given[..equals]] = weight;
        }

        if (DemandBounds.ProblemWith(weights) is { } problem)
        {
            result.AddError($"{Name}: {problem}");
        }

        return weights;
    }
}

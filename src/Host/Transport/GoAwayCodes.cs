using System.Text.Json;

namespace Host.Transport;

/// <summary>What a code means to a program and to a person.</summary>
public static class GoAwayCodes
{
    private const int FirstFinal = 32;

    private static readonly Dictionary<GoAwayCode, string> Names = Enum.GetValues<GoAwayCode>()
        .ToDictionary(code => code, code => JsonNamingPolicy.SnakeCaseLower.ConvertName(code.ToString()));

    /// <summary>Whether coming back changes nothing; holds for codes of later versions too.</summary>
    /// <param name="code">Any code.</param>
    /// <returns>True from 32 on.</returns>
    public static bool IsFinal(this GoAwayCode code) => (int)code >= FirstFinal;

    /// <summary>The code's name in the specification, in metrics and in messages.</summary>
    /// <param name="code">Any code.</param>
    /// <returns>Snake case; <c>code_N</c> for a code of a later version.</returns>
    public static string Name(this GoAwayCode code) => Names.GetValueOrDefault(code, $"code_{(int)code}");
}

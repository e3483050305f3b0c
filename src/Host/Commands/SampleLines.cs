using System.Globalization;
using System.Text;
using System.Text.Json;
using Host.Transport;

namespace Host.Commands;

/// <summary>Prints one line a received sample: sequence, key, category and bytes.</summary>
/// <param name="to">Where to.</param>
/// <param name="isJson">Whether as a JSON object.</param>
internal sealed class SampleLines(TextWriter to, bool isJson)
{
    /// <summary>Prints one line.</summary>
    public Task WriteAsync(SampleFrame sample) => to.WriteLineAsync(
        isJson
            ? JsonSerializer.Serialize(new
            {
                sequence = sample.Sequence, key = sample.Key, category = sample.Category, bytes = sample.Bytes,
            })
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{sample.Sequence}\t{sample.Key}\t{Printable(sample.Category)}\t{sample.Bytes}"));

    /// <summary>A category's name comes from elsewhere and must not steer the terminal, nor look like two columns.
    /// </summary>
    private static string Printable(string text)
    {
        StringBuilder line = new(text.Length);
        foreach (char letter in text)
        {
            line.Append(char.IsControl(letter) ? '?' : letter);
        }

        return line.ToString();
    }
}

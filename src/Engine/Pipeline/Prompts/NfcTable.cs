using System.Collections.Frozen;
using System.Globalization;

namespace Engine.Pipeline.Prompts;

/// <summary>The Unicode data that canonical composition needs, read once from the table beside this file.</summary>
internal sealed class NfcTable
{
    private static readonly Lazy<NfcTable> Read = new(() => new NfcTable());

    private readonly FrozenDictionary<int, (int First, int Second)> _parts;
    private readonly FrozenDictionary<(int First, int Second), int> _composed;
    private readonly FrozenDictionary<int, int> _classes;

    private NfcTable()
    {
        Dictionary<int, (int, int)> parts = [];
        Dictionary<(int, int), int> composed = [];
        Dictionary<int, int> classes = [];
        using Stream table = typeof(NfcTable).Assembly
            .GetManifestResourceStream($"{typeof(NfcTable).Namespace}.nfc.txt")
            ?? throw new InvalidOperationException("The table nfc.txt is not in the assembly.");
        using StreamReader lines = new(table);
        while (lines.ReadLine() is { } line)
        {
            string[] fields = line.Split(' ');
            switch (fields[0])
            {
                case "pair":
                    parts.Add(Hex(fields[1]), (Hex(fields[2]), Hex(fields[3])));
                    composed.Add((Hex(fields[2]), Hex(fields[3])), Hex(fields[1]));
                    break;
                case "only":
                    parts.Add(Hex(fields[1]), (Hex(fields[2]), fields.Length > 3 ? Hex(fields[3]) : None));
                    break;
                case "class":
                    for (int rune = Hex(fields[1]); rune <= Hex(fields[2]); rune++)
                    {
                        classes.Add(rune, int.Parse(fields[3], CultureInfo.InvariantCulture));
                    }

                    break;
            }
        }

        (_parts, _composed, _classes) =
            (parts.ToFrozenDictionary(), composed.ToFrozenDictionary(), classes.ToFrozenDictionary());
    }

    /// <summary>Stands for the second part of a decomposition into one code point.</summary>
    public const int None = -1;

    public static NfcTable Instance => Read.Value;

    /// <summary>The one or two code points that a code point is made of, one step deep.</summary>
    public bool TryDecompose(int rune, out (int First, int Second) parts) => _parts.TryGetValue(rune, out parts);

    /// <summary>The code point that two make together.</summary>
    public bool TryCompose(int first, int second, out int composed) =>
        _composed.TryGetValue((first, second), out composed);

    /// <summary>The canonical combining class, 0 to 254; 0 for a code point that others combine with.</summary>
    public int ClassOf(int rune) => _classes.GetValueOrDefault(rune);

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}

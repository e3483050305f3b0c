using System.Text;

namespace Host.Configuration;

/// <summary>Names in a configuration file and in C#.</summary>
internal static class ConfigNames
{
    /// <summary><c>CapacityItems</c> as <c>capacity_items</c>, <c>Onnx.RunsMax</c> as <c>onnx.runs_max</c>.</summary>
    public static string Snake(string name)
    {
        StringBuilder snake = new();
        for (int i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && char.IsAsciiLetterOrDigit(name[i - 1]) && !char.IsUpper(name[i - 1]))
            {
                snake.Append('_');
            }

            snake.Append(char.ToLowerInvariant(name[i]));
        }

        return snake.ToString();
    }

    /// <summary>The known name that is nearest to a wrong one, or null when none is near.</summary>
    public static string? Nearest(string wrong, IEnumerable<string> known)
    {
        (string? name, int distance) = known.Select(name => (name, Distance(wrong, name)))
            .DefaultIfEmpty((null!, int.MaxValue)).MinBy(pair => pair.Item2);
        return distance <= Math.Max(2, wrong.Length / 3) ? name : null;
    }

    /// <summary>Edits (insert, delete, replace) from one word to the other: Levenshtein's distance.</summary>
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int replace = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                (diagonal, row[j]) = (row[j], Math.Min(replace, Math.Min(row[j], row[j - 1]) + 1));
            }
        }

        return row[^1];
    }
}

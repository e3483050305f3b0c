namespace Host.Configuration;

/// <summary>Gathers what is wrong with one file.</summary>
/// <param name="file">The file as it was named.</param>
internal sealed class ConfigProblems(string file)
{
    private readonly List<ConfigProblem> _all = [];
    private readonly HashSet<ConfigProblem> _known = [];

    /// <summary>How many values could not be read. A record with such a value is not asked what is wrong with it: it
    /// would speak of a default that nobody wrote.</summary>
    public int Unread { get; private set; }

    /// <summary>Adds a problem; one told by a record and by the record around it is kept once.</summary>
    public void Add(ConfigPlace at, string key, string message)
    {
        ConfigProblem problem = new(file, at, key, message);
        if (_known.Add(problem))
        {
            _all.Add(problem);
        }
    }

    /// <summary>Adds a problem of a value that could not be read.</summary>
    public void AddUnread(ConfigPlace at, string key, string message)
    {
        Unread++;
        Add(at, key, message);
    }

    /// <summary>All of them in the order of the file.</summary>
    public IReadOnlyList<ConfigProblem> InOrder() =>
        [.. _all.OrderBy(problem => problem.At.Line).ThenBy(problem => problem.At.Column)];
}

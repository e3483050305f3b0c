namespace Engine.Index.Sources;

/// <summary>What was passed over: exact counts by reason, and the first items in words. Safe from several threads.
/// </summary>
public sealed class SourceProblems
{
    /// <summary>Problems listed in words at most.</summary>
    public const int ListedMax = 100;

    private const int TextMax = 300;

    private readonly Lock _gate = new();
    private readonly Dictionary<SourceFault, long> _counts = []; // guarded by _gate
    private readonly List<string> _listed = []; // guarded by _gate

    /// <summary>All problems.</summary>
    public long Total
    {
        get
        {
            lock (_gate)
            {
                return _counts.Values.Sum();
            }
        }
    }

    /// <summary>The first problems in words: where, and what is wrong. A copy.</summary>
    public IReadOnlyList<string> Listed
    {
        get
        {
            lock (_gate)
            {
                return [.. _listed];
            }
        }
    }

    /// <summary>How many of each reason; a reason that did not occur is absent. A copy.</summary>
    public IReadOnlyDictionary<SourceFault, long> Counts
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<SourceFault, long>(_counts);
            }
        }
    }

    /// <summary>How many of one reason.</summary>
    /// <param name="fault">The reason.</param>
    public long Count(SourceFault fault)
    {
        lock (_gate)
        {
            return _counts.GetValueOrDefault(fault);
        }
    }

    /// <summary>Counts one problem.</summary>
    /// <param name="fault">The reason.</param>
    /// <param name="where">The item, such as annotations[17].bbox.</param>
    /// <param name="what">What is wrong with it, in words.</param>
    public void Add(SourceFault fault, string where, string what)
    {
        lock (_gate)
        {
            _counts[fault] = _counts.GetValueOrDefault(fault) + 1;
            if (_listed.Count < ListedMax)
            {
                string text = $"{where}: {what}";
                _listed.Add(text.Length > TextMax ? text[..TextMax] + "..." : text);
            }
        }
    }
}

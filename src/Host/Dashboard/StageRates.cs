using Engine.Flow;

namespace Host.Dashboard;

/// <summary>Items a second of each stage, over the last few looks.</summary>
internal sealed class StageRates(TimeProvider clock)
{
    private const int LooksMax = 20;

    private readonly Queue<(long At, IReadOnlyDictionary<string, long> Sent)> _looks = new();

    /// <summary>Takes a look and tells the rates since the oldest one kept.</summary>
    /// <param name="stages">The stages now.</param>
    /// <returns>Items a second by stage; empty at the first look.</returns>
    public IReadOnlyDictionary<string, double> Look(IReadOnlyList<StageSnapshot> stages)
    {
        long now = clock.GetTimestamp();
        Dictionary<string, long> sent = stages.ToDictionary(stage => stage.Name, stage => stage.Sent);
        Dictionary<string, double> rates = [];
        if (_looks.TryPeek(out (long At, IReadOnlyDictionary<string, long> Sent) oldest))
        {
            double seconds = clock.GetElapsedTime(oldest.At, now).TotalSeconds;
            foreach ((string name, long count) in sent)
            {
                rates[name] = seconds > 0 ? (count - oldest.Sent.GetValueOrDefault(name)) / seconds : 0;
            }
        }

        _looks.Enqueue((now, sent));
        if (_looks.Count > LooksMax)
        {
            _looks.Dequeue();
        }

        return rates;
    }
}

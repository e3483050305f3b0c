using Engine.Pipeline.Deliver;

namespace Engine.Tests.Pipeline.Deliver;

/// <summary>Goal: the log that the other tests stand on keeps the contract too.</summary>
public sealed class MemorySampleLogTests : SampleLogTests
{
    private readonly MemorySampleLog _log = new();

    protected override ISampleLog Log => _log;

    protected override Task AddAsync(int samples)
    {
        _log.Add(samples);
        return Task.CompletedTask;
    }
}

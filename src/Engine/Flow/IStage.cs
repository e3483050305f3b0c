namespace Engine.Flow;

/// <summary>What a line needs of its stages, whatever their items are.</summary>
internal interface IStage : IDisposable
{
    string Name { get; }

    Task Completion { get; }

    StageSnapshot Snapshot();

    /// <summary>Counts what a stop left in the stage as faulted, once everything has ended.</summary>
    void Settle();
}

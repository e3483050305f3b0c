namespace Host.Http;

/// <summary>Takes prompts at run time.</summary>
internal interface IPromptIntake
{
    /// <summary>True once no more prompts are taken.</summary>
    bool IsDraining { get; }

    /// <summary>Reads JSONL and takes each good line; a prompt that is answered for is durable.</summary>
    /// <param name="body">UTF-8 JSONL; bounded by the caller.</param>
    /// <param name="stopping">Cancelled when the client has gone.</param>
    /// <returns>What was taken and what was not, by line.</returns>
    Task<IntakeResult> AddAsync(Stream body, CancellationToken stopping);
}

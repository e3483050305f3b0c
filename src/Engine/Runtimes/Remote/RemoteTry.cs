namespace Engine.Runtimes.Remote;

/// <summary>How one request ended.</summary>
/// <param name="Body">The answer's bytes; null when it failed.</param>
/// <param name="Failure">What went wrong, for a sentence that begins with the address; null when it did not.</param>
/// <param name="Retry">Why another request may succeed, from a fixed set (a metric tag); null when none will.</param>
/// <param name="RetryAfter">How long the server asks to wait; null when it does not.</param>
internal readonly record struct RemoteTry(byte[]? Body, string? Failure, string? Retry, TimeSpan? RetryAfter)
{
    /// <summary>The connection could not be made or ended too early.</summary>
    public const string Connection = "connection";

    /// <summary>The answer did not come in time, or the server says 408.</summary>
    public const string TimedOut = "timed_out";

    /// <summary>The server says 429 or 503.</summary>
    public const string Busy = "busy";

    /// <summary>Any other status from 500.</summary>
    public const string ServerError = "server_error";

    public static RemoteTry Done(byte[] body) => new(body, null, null, null);

    public static RemoteTry Failed(string failure, string? retry = null, TimeSpan? after = null) =>
        new(null, failure, retry, after);
}

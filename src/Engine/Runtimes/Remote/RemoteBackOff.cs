using System.Net.Http.Headers;
using Engine.Pipeline.Generate;

namespace Engine.Runtimes.Remote;

/// <summary>How long to wait before a request is made again.</summary>
/// <remarks>Full jitter: anything from nothing to a bound that doubles, so that callers refused together do not come
/// back together. Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.</remarks>
internal static class RemoteBackOff
{
    /// <summary>The wait before a retry.</summary>
    /// <param name="options">The bounds.</param>
    /// <param name="retry">0 for the first retry.</param>
    /// <param name="after">What the server asks for, or null.</param>
    /// <param name="random">Draws the jitter.</param>
    /// <returns>The jitter; or what the server asks for and the jitter, at most <c>RetryAfterMax</c>.</returns>
    public static TimeSpan Wait(RemoteOptions options, int retry, TimeSpan? after, ref SeededRandom random)
    {
        TimeSpan most = TimeSpan.FromTicks((long)Math.Min(
            options.BackOffFrom.Ticks * Math.Pow(2, retry), options.BackOffTo.Ticks));
        TimeSpan jitter = most * random.Next();
        if (after is not { } asked)
        {
            return jitter;
        }

        // Compared before they are added: a server may ask for more than a TimeSpan holds beside another.
        return asked >= options.RetryAfterMax ? options.RetryAfterMax
            : asked + jitter <= options.RetryAfterMax ? asked + jitter
            : options.RetryAfterMax;
    }

    /// <summary>Reads Retry-After: seconds, or a date by the caller's clock.</summary>
    public static TimeSpan? Asked(RetryConditionHeaderValue? header, DateTimeOffset now)
    {
        TimeSpan? asked = header?.Delta ?? (header?.Date - now);
        return asked < TimeSpan.Zero ? TimeSpan.Zero : asked;
    }
}

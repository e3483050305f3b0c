namespace Host.Http;

/// <summary>One line that was not taken.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Reason">The value and the bound.</param>
internal sealed record IntakeLine(long Line, string Reason);

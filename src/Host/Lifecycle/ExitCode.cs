namespace Host.Lifecycle;

/// <summary>What the process' exit code says; the numbers above 63 are those of sysexits.h.</summary>
internal enum ExitCode
{
    /// <summary>All was done, or a drain ended well.</summary>
    Ok = 0,

    /// <summary>A stage failed; the message names it.</summary>
    Fault = 1,

    /// <summary>The command line is wrong.</summary>
    Usage = 2,

    /// <summary>Something needed is not there: a model, a port in use.</summary>
    Unavailable = 69,

    /// <summary>The store cannot be read or written; it is read-only from then on.</summary>
    StoreFault = 74,

    /// <summary>A drain did not end within its time; all that was accepted is stored.</summary>
    DrainTimedOut = 75,

    /// <summary>The configuration is wrong; all problems were printed.</summary>
    Configuration = 78,

    /// <summary>A second signal ended the process at once; the store recovers at the next start.</summary>
    Killed = 130,
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Engine.Imaging;

/// <summary>Starts libvips once and takes its errors.</summary>
internal static class VipsLibrary
{
    private static readonly Lazy<bool> Started = new(() =>
    {
        if (Native.vips_init("headwater") != 0)
        {
            throw new InvalidOperationException($"libvips does not start: {TakeError()}");
        }

        Silence();

        // One thread a call: the stages' workers are the parallelism, and a pool of its own would go past their bound.
        Native.vips_concurrency_set(1);
        Native.vips_cache_set_max(0);
        Native.vips_block_untrusted_set(true);
        return true;
    });

    public static void Start() => _ = Started.Value;

    /// <summary>Every fault reaches the caller as an exception; a log line of each broken file would tell it twice, on
    /// the standard error stream of a daemon that reads untrusted files.</summary>
    private static unsafe void Silence()
    {
        const int EveryLevel = 0xFC;
        _ = Native.g_log_set_handler("VIPS", EveryLevel, &Ignore, 0);
        _ = Native.g_log_set_handler("GLib", EveryLevel, &Ignore, 0);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Ignore(nint domain, int level, nint message, nint data)
    {
    }

    /// <summary>The error text since the last call, in one line, which is then forgotten; the buffer is one a process,
    /// so it may hold another thread's words too. libvips copies and empties it under its own lock.</summary>
    public static string TakeError()
    {
        nint copy = Native.vips_error_buffer_copy();
        string text = Marshal.PtrToStringUTF8(copy) ?? "";
        Native.g_free(copy);
        IEnumerable<string> lines = text
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct().Take(3);
        string line = string.Join("; ", lines);
        return line.Length == 0 ? "no more is said" : line;
    }
}

using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;

namespace Host.Metrics;

/// <summary>What the process itself uses, and which build it is.</summary>
internal static class ProcessMetrics
{
    private static readonly Meter ProcessMeter = new("Headwater.Process");

    /// <summary>The version with the commit it was built from.</summary>
    public static string Version { get; } = typeof(ProcessMetrics).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Registers the instruments, once.</summary>
    public static void Start(TimeProvider clock)
    {
        double started = clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        ProcessMeter.CreateObservableCounter(
            "headwater.process.cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "Processor time used.");
        ProcessMeter.CreateObservableGauge(
            "headwater.process.resident_memory", () => Environment.WorkingSet, "By", "Memory in RAM.");
        ProcessMeter.CreateObservableGauge(
            "headwater.process.managed_memory", () => GC.GetTotalMemory(false), "By", "Memory of the managed heap.");
        ProcessMeter.CreateObservableGauge(
            "headwater.process.open_fds", OpenFiles, "{file}", "Open file descriptors.");
        ProcessMeter.CreateObservableGauge(
            "headwater.process.threads", () => Process.GetCurrentProcess().Threads.Count, "{thread}", "Threads.");
        ProcessMeter.CreateObservableGauge(
            "headwater.process.start_time", () => started, "s", "When the process started, in seconds since 1970.");
        ProcessMeter.CreateObservableGauge(
            "headwater.build.info", () => new Measurement<int>(
                1, new("version", Version), new("runtime", Environment.Version.ToString())), null, "Always 1.");
    }

    private static int OpenFiles() =>
        Directory.Exists("/proc/self/fd") ? Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() : 0;
}

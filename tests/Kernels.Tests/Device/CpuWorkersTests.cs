using Kernels.Device.Cpu;

namespace Kernels.Tests.Device;

/// <summary>Goal: every part of a job runs once, on no more threads than given, and a fault comes out.</summary>
public sealed class CpuWorkersTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 5)]
    [InlineData(4, 1)]
    [InlineData(4, 1000)]
    [InlineData(16, 3)]
    public void Each_part_runs_once_on_a_worker_of_its_own(int threads, int parts)
    {
        using CpuDevice device = new(threads);
        CountingJob job = new(parts, threads);

        for (int round = 0; round < 20; round++)
        {
            device.Run(job, parts);
        }

        Assert.All(job.Runs, runs => Assert.Equal(20, runs));
        Assert.False(job.Shared, "two parts ran on one worker at a time");
    }

    [Fact]
    public void Callers_on_several_threads_take_turns()
    {
        using CpuDevice device = new(threads: 3);
        CountingJob[] jobs = [.. Enumerable.Range(0, 8).Select(_ => new CountingJob(parts: 50, threads: 3))];

        Parallel.ForEach(jobs, job => device.Run(job, 50));

        Assert.All(jobs, job => Assert.All(job.Runs, runs => Assert.Equal(1, runs)));
        Assert.All(jobs, job => Assert.False(job.Shared));
    }

    [Fact]
    public void A_part_that_throws_does_not_stop_the_others_and_reaches_the_caller()
    {
        using CpuDevice device = new(threads: 4);
        CountingJob job = new(parts: 40, threads: 4) { FailsAt = 17 };

        InvalidOperationException fault = Assert.Throws<InvalidOperationException>(() => device.Run(job, 40));

        Assert.Equal("part 17", fault.Message);
        Assert.All(job.Runs, runs => Assert.Equal(1, runs));
        job.FailsAt = -1;
        device.Run(job, 40); // The device goes on.
        Assert.All(job.Runs, runs => Assert.Equal(2, runs));
    }

    [Fact]
    public void Running_a_job_allocates_nothing()
    {
        using CpuDevice device = new(threads: 4);
        CountingJob job = new(parts: 64, threads: 4);
        device.Run(job, 64);

        long before = GC.GetAllocatedBytesForCurrentThread();
        device.Run(job, 64);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_disposed_device_refuses_a_job()
    {
        CpuDevice device = new(threads: 2);
        device.Dispose();
        device.Dispose();

        Assert.Throws<ObjectDisposedException>(() => device.Run(new CountingJob(1, 2), 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public void The_number_of_threads_is_bounded(int threads) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CpuDevice(threads));

    private sealed class CountingJob(int parts, int threads) : CpuJob
    {
        private readonly int[] _busy = new int[threads];

        public int[] Runs { get; } = new int[parts];

        public bool Shared { get; private set; }

        public int FailsAt { get; set; } = -1;

        public override void Run(int part, int worker)
        {
            Shared |= Interlocked.Increment(ref _busy[worker]) != 1;
            Interlocked.Increment(ref Runs[part]);
            Thread.SpinWait(100);
            Interlocked.Decrement(ref _busy[worker]);
            if (part == FailsAt)
            {
                throw new InvalidOperationException($"part {part}");
            }
        }
    }
}

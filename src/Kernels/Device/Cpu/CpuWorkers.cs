using System.Runtime.ExceptionServices;

namespace Kernels.Device.Cpu;

/// <summary>The threads of a <see cref="CpuDevice"/>. They sleep between jobs; handing one over allocates nothing.
/// </summary>
internal sealed class CpuWorkers : IDisposable
{
    private readonly Lock _turn = new(); // Held by the caller whose job runs.
    private readonly object _gate = new(); // Guards all below; a monitor, as the threads wait on it.
    private readonly Thread[] _threads;
    private CpuJob? _job;
    private int _parts;
    private int _next;
    private int _running;
    private ExceptionDispatchInfo? _fault;
    private bool _disposed;

    public CpuWorkers(int threads)
    {
        _threads = new Thread[threads - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int worker = i + 1; // The caller is worker 0.
            _threads[i] = new Thread(() => Serve(worker)) { IsBackground = true, Name = $"kernels-{worker}" };
            _threads[i].Start();
        }
    }

    public void Run(CpuJob job, int parts)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(parts);
        lock (_turn)
        {
            ExceptionDispatchInfo? fault;
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, typeof(CpuDevice));
                (_job, _parts, _next, _fault) = (job, parts, 0, null);
                if (parts > 1)
                {
                    Monitor.PulseAll(_gate);
                }

                TakeParts(worker: 0);
                while (_running > 0)
                {
                    Monitor.Wait(_gate);
                }

                fault = _fault;
                (_job, _fault) = (null, null);
            }

            fault?.Throw();
        }
    }

    public void Dispose()
    {
        lock (_turn)
        {
            lock (_gate)
            {
                _disposed = true;
                Monitor.PulseAll(_gate);
            }

            foreach (Thread thread in _threads)
            {
                thread.Join();
            }
        }
    }

    private void Serve(int worker)
    {
        lock (_gate)
        {
            while (!_disposed)
            {
                TakeParts(worker);
                Monitor.Wait(_gate);
            }
        }
    }

    // Called with the gate held, and gives it up while a part runs.
    private void TakeParts(int worker)
    {
        while (_job is { } job && _next < _parts)
        {
            int part = _next++;
            _running++;
            Monitor.Exit(_gate);
            ExceptionDispatchInfo? fault = null;
            try
            {
                job.Run(part, worker);
            }
            catch (Exception cause) when (KeepFor(cause, out fault))
            {
                // The filter kept it: Run throws it on the thread of the caller.
            }
            finally
            {
                Monitor.Enter(_gate);
                _running--;
                _fault ??= fault;
                if (_running == 0 && _next >= _parts)
                {
                    Monitor.PulseAll(_gate);
                }
            }
        }
    }

    private static bool KeepFor(Exception cause, out ExceptionDispatchInfo kept)
    {
        kept = ExceptionDispatchInfo.Capture(cause);
        return true;
    }
}

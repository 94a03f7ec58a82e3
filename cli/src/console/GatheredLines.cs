using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Argosy.Cli.Output;

/// <summary>
/// Lines on their way to an output that is no terminal, gathered so that thousands of results do not cost a system call each. None waits long:
/// whoever follows the output sees it grow. None is lost either, when a signal ends the process.
/// </summary>
internal sealed class GatheredLines : IDisposable
{
    private const int Most = 16 * 1024;
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Courtesy = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly TextWriter _output;
    private readonly char[] _text = new char[Most];
    private readonly Timer _timer;
    private readonly PosixSignalRegistration[] _signals;
    private readonly TimeSpan _longest;
    private int _count;
    private Exception? _failure;

    /// <param name="output">Where they go, at once when it is written to.</param>
    /// <param name="longest">How long a line may wait; null: as long as nobody notices.</param>
    public GatheredLines(TextWriter output, TimeSpan? longest = null)
    {
        (_output, _longest) = (output, longest ?? Longest);
        _timer = new Timer(static lines => ((GatheredLines)lines!).TryFlush(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        PosixSignal[] leaving = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];
        _signals = [.. leaving.Select(signal => PosixSignalRegistration.Create(signal, _ => Leave()))];
    }

    /// <summary>Adds one.</summary>
    /// <exception cref="IOException">The output takes nothing, which may have shown only after an earlier call.</exception>
    public void Add(string line)
    {
        lock (_gate)
        {
            ThrowFailure();
            if (_count + line.Length >= Most)
                Write();
            if (line.Length >= Most)
            {
                _output.WriteLine(line);
                return;
            }

            if (_count == 0)
                _timer.Change(_longest, Timeout.InfiniteTimeSpan);
            line.CopyTo(_text.AsSpan(_count));
            _count += line.Length;
            _text[_count++] = '\n';
        }
    }

    /// <summary>Writes what waits.</summary>
    /// <exception cref="IOException">The output takes nothing.</exception>
    public void Flush()
    {
        TryFlush();
        lock (_gate)
            ThrowFailure();
    }

    /// <summary>Writes what waits. Where that fails the next <see cref="Add"/> or <see cref="Flush"/> says so.</summary>
    public void TryFlush()
    {
        lock (_gate)
        {
            try
            {
                Write();
            }
            catch (IOException exception)
            {
                _failure = exception;
            }
        }
    }

    public void Dispose()
    {
        TryFlush();
        _timer.Dispose();
        Array.ForEach(_signals, signal => signal.Dispose());
    }

    // The process may end with this signal. An output that takes nothing must not keep it from that.
    private void Leave() => Task.Run(TryFlush).Wait(Courtesy);

    private void Write()
    {
        if (_count == 0)
            return;
        var count = _count;
        _count = 0;
        _output.Write(_text, 0, count);
    }

    private void ThrowFailure()
    {
        if (_failure is not { } failure)
            return;
        _failure = null;
        ExceptionDispatchInfo.Throw(failure);
    }
}

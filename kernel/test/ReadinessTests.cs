using System.Net;
using System.Net.Sockets;

namespace Argosy.Kernel.Tests;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class ReadinessTests : IDisposable
{
    private const int Timeout = 20_000;
    private readonly Socket _here;
    private readonly Socket _there;
    private readonly Readiness _readiness;

    public ReadinessTests()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _here = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _here.Connect(listener.LocalEndPoint!);
        _there = listener.Accept();
        _here.Blocking = false;
        _readiness = new Readiness(_here.SafeHandle);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _readiness.Dispose();
        _here.Dispose();
        _there.Dispose();
    }

    [Fact(Timeout = Timeout)]
    public async Task Both_directions_are_waited_for_at_once_and_again()
    {
        for (var time = 0; time < 100; time++)
        {
            var reading = _readiness.WaitToReadAsync(Stop);
            await _readiness.WaitToWriteAsync(Stop);
            Assert.False(reading.IsCompleted);
            _there.Send([1]);
            await reading;
            Assert.Equal(1, _here.Receive(new byte[10]));
        }
    }

    [Fact(Timeout = Timeout)]
    public async Task What_waits_for_room_goes_on_when_there_is_some()
    {
        Fill();
        var writing = _readiness.WaitToWriteAsync(Stop);
        Assert.False(writing.IsCompleted);
        var buffer = new byte[1 << 20];
        while (!writing.IsCompleted)
        {
            if (_there.Available > 0) _there.Receive(buffer);
            else await Task.Delay(1, Stop);
        }

        await writing;
    }

    [Fact(Timeout = Timeout)]
    public async Task The_end_of_the_stream_is_told_to_both()
    {
        Fill();
        var (reading, writing) = (_readiness.WaitToReadAsync(Stop), _readiness.WaitToWriteAsync(Stop));
        _there.LingerState = new LingerOption(true, 0); // a reset
        _there.Dispose();
        await reading;
        await writing;
    }

    [Fact(Timeout = Timeout)]
    public async Task Who_gives_up_or_closes_waits_no_longer()
    {
        using var patience = new CancellationTokenSource();
        var reading = _readiness.WaitToReadAsync(patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reading);
        var again = _readiness.WaitToReadAsync(Stop);
        _readiness.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await again);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await _readiness.WaitToWriteAsync(Stop));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_descriptor_can_be_watched_by_one_after_the_other()
    {
        await _readiness.WaitToWriteAsync(Stop);
        _readiness.Dispose();
        using var next = new Readiness(_here.SafeHandle);
        await next.WaitToWriteAsync(Stop);
    }

    private void Fill()
    {
        var piece = new byte[1 << 16];
        while (true)
        {
            _here.Send(piece, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock) return;
        }
    }
}

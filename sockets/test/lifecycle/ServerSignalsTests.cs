using System.Runtime.InteropServices;

namespace Argosy.Sockets.Tests;

/// <summary>What counts as asking once, by a clock of its own.</summary>
public sealed class ServerSignalsTests
{
    private readonly Clock _clock = new();

    [Fact]
    public void The_same_signal_close_behind_counts_once()
    {
        using var signals = New();
        signals.Ask(PosixSignal.SIGTERM);
        _clock.Advance(0.3);
        signals.Ask(PosixSignal.SIGTERM);
        Assert.True(signals.Stopping.IsCancellationRequested);
        Assert.False(signals.Aborting.IsCancellationRequested);
        _clock.Advance(0.3); // of the one that counted: who asks again and again is heard
        signals.Ask(PosixSignal.SIGTERM);
        Assert.True(signals.Aborting.IsCancellationRequested);
    }

    [Fact]
    public void Another_signal_counts_at_any_time()
    {
        using var signals = New();
        signals.Ask(PosixSignal.SIGTERM);
        signals.Ask(PosixSignal.SIGINT);
        Assert.True(signals.Aborting.IsCancellationRequested);
        Assert.Equal("SIGINT", signals.Last);
    }

    [Fact]
    public void What_is_registered_may_throw()
    {
        using var signals = New();
        signals.Stopping.Register(() => throw new InvalidDataException());
        signals.Ask(PosixSignal.SIGTERM);
        Assert.True(signals.Stopping.IsCancellationRequested);
    }

    private ServerSignals New() => new(reload: null, logger: null, _clock);

    private sealed class Clock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => _now;

        public void Advance(double seconds) => _now += (long)(seconds * 1000);
    }
}
